"""Mails on their way out."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, TextField

from packstation.store.tables.base import Table


class MailRow(Table):
    """One mail. `message_id` is made when it is first taken; `taken_by` and `taken_until` are the lease of who sends it."""

    id = BigAutoField()
    order_id = BigIntegerField(null=True)
    recipient = TextField()
    subject = TextField()
    body = TextField()
    message_id = TextField(null=True)
    queued_at = BigIntegerField()
    state = TextField()
    tries = BigIntegerField()
    next_try_at = BigIntegerField()
    trouble = TextField()
    taken_by = TextField(null=True)
    taken_until = BigIntegerField(null=True)
    sent_at = BigIntegerField(null=True)

    class Meta:
        table_name = "mail"


class MailAttachmentRow(Table):
    """A file of a mail; `content` is base64."""

    mail_id = BigIntegerField()
    place = BigIntegerField()
    name = TextField()
    media_type = TextField()
    content = TextField()

    class Meta:
        table_name = "mail_attachment"
        primary_key = CompositeKey("mail_id", "place")
