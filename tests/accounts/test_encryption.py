import base64

import pytest

from accounts.encryption import KeyMissing, KeyRing, Tampered, Unreadable

OLD, NEW, OTHER = "o" * 20 + "ld-key-123456", "n" * 20 + "ew-key-123456", "x" * 40


def ring(*keys, purpose="tests"):
    return KeyRing(keys or (NEW,), purpose=purpose)


@pytest.mark.parametrize("text", ["", "A", "99", "Ünïcode — ♿", "x" * 63, "x" * 64, "ends\x80"])
def test_what_was_written_is_read_again(text):
    token = ring().encrypt(text, bound_to="1:a")

    assert ring().decrypt(token, bound_to="1:a") == text
    assert token.isascii()


def test_the_same_text_never_looks_the_same_twice():
    tokens = {ring().encrypt("A", bound_to="1:a") for _ in range(50)}

    assert len(tokens) == 50


def test_the_length_does_not_tell_one_code_from_another():
    lengths = {len(ring().encrypt(code, bound_to="1:a")) for code in ("", "A", "99", "x" * 60)}

    assert len(lengths) == 1


def test_a_value_of_another_row_is_refused():
    token = ring().encrypt("A", bound_to="1:ethnic")

    for elsewhere in ("2:ethnic", "1:gender", ""):
        with pytest.raises(Tampered, match="belongs to another row"):
            ring().decrypt(token, bound_to=elsewhere)


def test_every_key_of_the_ring_reads_and_the_newest_writes():
    before, both = ring(OLD), ring(NEW, OLD)
    token = before.encrypt("A", bound_to="1:a")

    again = both.encrypt(both.decrypt(token, bound_to="1:a"), bound_to="1:a")

    assert both.needs_rotation(token)
    assert not both.needs_rotation(again)
    assert ring(NEW).decrypt(again, bound_to="1:a") == "A"
    with pytest.raises(KeyMissing):
        ring(NEW).decrypt(token, bound_to="1:a")


def test_one_purpose_cannot_read_what_another_wrote():
    token = ring(purpose="equality").encrypt("A", bound_to="1:a")

    with pytest.raises(KeyMissing):
        ring(purpose="sign-in").decrypt(token, bound_to="1:a")


def test_a_key_that_claims_the_name_of_another_reads_nothing():
    form, _, sealed = ring(OLD).encrypt("A", bound_to="1:a").split(".")

    with pytest.raises(Tampered):
        ring(OTHER).decrypt(f"{form}.{ring(OTHER).key_id}.{sealed}", bound_to="1:a")


def test_every_changed_byte_is_noticed():
    form, key_id, encoded = ring().encrypt("A", bound_to="1:a").split(".")
    sealed = base64.urlsafe_b64decode(encoded)

    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        token = f"{form}.{key_id}.{base64.urlsafe_b64encode(changed).decode()}"
        with pytest.raises(Tampered):
            ring().decrypt(token, bound_to="1:a")


@pytest.mark.parametrize(
    "token", ["", "A", "..", "w1..", "w1.x", "w2.x.AAAA", "w1.é.ñ", "w1.x.****", "a.b.c.d"]
)
def test_what_is_no_token_is_refused(token):
    with pytest.raises(Unreadable):
        ring().decrypt(token, bound_to="1:a")


def test_a_token_cut_short_is_refused():
    token = ring().encrypt("A", bound_to="1:a")

    for length in range(len(token)):
        with pytest.raises(Unreadable):
            ring().decrypt(token[:length], bound_to="1:a")


def test_what_went_wrong_never_shows_what_was_written():
    token = ring().encrypt("canary", bound_to="1:a")

    with pytest.raises(Tampered) as refused:
        ring().decrypt(token, bound_to="2:a")

    assert "canary" not in str(refused.value)
    assert token not in str(refused.value)


@pytest.mark.parametrize("keys", [[], [""], ["short"], [NEW, "short"]])
def test_a_ring_without_good_keys_is_refused(keys):
    with pytest.raises(ValueError, match=r"empty|shorter"):
        KeyRing(keys, purpose="tests")


def test_the_first_of_two_equal_keys_counts():
    assert ring(NEW, OLD, NEW).key_id == ring(NEW).key_id
