"""Files on their way in: no upload fills the disk before anybody has looked at it."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler


class CappedUploads(FileUploadHandler):
    """Lets the handlers after it have the first megabytes of each file, and drops the rest.

    What is dropped makes the file larger than any page of ours takes, so that whoever sent it is
    told its size; a connection cut off in the middle would tell them nothing.
    """

    most = 32 * 1024 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.taken > self.most:
            return None
        self.taken += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
