"""Errors and pages in the shapes in which WordPress gives them."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body id='error-page'><h1>{text}</h1></body></html>\n"
)


class WordPressError(Exception):
    """An error as the REST API writes it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.data = data or {}
        self.headers = headers

    def response(self) -> Response:
        """The answer that carries it."""
        body = {"code": self.code, "message": self.message, "data": {"status": self.status, **self.data}}
        return JSONResponse(body, self.status, self.headers)


def invalid_parameters(wrong: Mapping[str, tuple[str, str]]) -> WordPressError:
    """400 `rest_invalid_param`: by parameter, the detail's code and text."""
    return WordPressError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {', '.join(wrong)}",
        data={
            "params": {name: text for name, (_code, text) in wrong.items()},
            "details": {name: {"code": code, "message": text, "data": None} for name, (code, text) in wrong.items()},
        },
    )


def no_such_order() -> WordPressError:
    """404 for an order that is not there, or not any more."""
    return WordPressError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")


def maintenance() -> Response:
    """What WordPress shows while it updates itself."""
    text = "Briefly unavailable for scheduled maintenance. Check back in a minute."
    page = _PAGE.format(title="Maintenance", text=text)
    return Response(page, 503, {"retry-after": "600"}, media_type="text/html; charset=utf-8")


def database_away() -> Response:
    """What WordPress shows without its database."""
    page = _PAGE.format(title="Database Error", text="Error establishing a database connection")
    return Response(page, 500, media_type="text/html; charset=utf-8")


def firewall() -> Response:
    """What a host's firewall shows to whoever asks too often; WooCommerce has no such limit of its own."""
    page = _PAGE.format(title="429 Too Many Requests", text="Too Many Requests")
    return Response(page, 429, {"retry-after": "1"}, media_type="text/html; charset=utf-8")
