from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notices and reminders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.walls import declare
        from notifications.walls import WALLS

        declare(WALLS)
        # Registration needs the app registry.
        from accounts import telling
        from common.navigation import NavigationItem, add_item
        from jobs.handlers import Handler, register
        from notifications.emergency import register_needs
        from notifications.programs import register_reminders
        from notifications.registry import register_wording
        from notifications.rights import declare_rights
        from notifications.services.alerts import send_alert
        from notifications.services.digests import SEND_DIGEST, send_digest
        from notifications.services.notices import SEND_ALERT, notify
        from notifications.verbs import declare_verbs

        declare_rights()
        declare_verbs()
        register_reminders()
        register_needs()
        register(SEND_DIGEST, Handler(do=send_digest))
        register(SEND_ALERT, Handler(do=send_alert))
        telling.told_by(notify)
        for rule, wording in telling.WORDINGS.items():
            register_wording(rule, wording)
        add_item(
            NavigationItem(
                _("Home"), "notifications:home", order=10, covers=("notifications:home",)
            )
        )
        add_item(
            NavigationItem(_("News"), "notifications:notice_list", order=10, in_account_menu=True)
        )
        if settings.DEMO:
            add_item(NavigationItem(_("Mailbox"), "notifications:mailbox_list", order=95))
