"""The shop's three pages, as plain as a shop's pages can be."""

from html import escape

from platform_app.shop.orders import Order, Orders

_PAGE = """<!DOCTYPE html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css">
</head>
<body>
<header><a href="/">萌宠采购网</a><span>示例商城</span></header>
<main>{body}</main>
{scripts}
</body>
</html>
"""


def listing(orders: Orders, api: str) -> str:
    """The orders, and the way to the credit line and the bills."""
    rows = "".join(
        f'<li><a href="/orders/{escape(order.no)}"><b>{escape(order.goods)}</b>'
        f"<span>{escape(order.no)} · {escape(order.state)}</span><em>¥{order.amount}</em></a></li>"
        for order in orders.all.values()
    )
    links = '<a href="/visit/line">我的白条额度</a><a href="/visit/bills">白条账单</a>'
    tile = '<div id="entry" class="entry"></div>'
    body = f'<h1>我的订单</h1>{tile}<ul>{rows}</ul><p class="links">{links}</p>'
    return _framed("我的订单", body, api)


def order_page(order: Order, api: str) -> str:
    """One order with the merchant pages framed below it."""
    ship = (
        '<button type="button" id="ship">模拟发货</button>'
        if order.drawdown_id and order.state == "已付款"
        else ""
    )
    body = (
        f'<section class="order"><h1>{escape(order.goods)}</h1>'
        f'<p>{escape(order.no)} · <span id="state">{escape(order.state)}</span> {ship}</p>'
        f"<p>应付 <b>¥{order.amount}</b></p></section>"
        f'<div id="pay" data-component="checkout" data-order="{escape(order.no)}"></div>'
    )
    return _framed("订单付款", body, api)


def visit_page(component: str, api: str) -> str:
    """The merchant pages without an order."""
    return _framed(
        "采购白条", f'<div id="pay" data-component="{component}" data-order=""></div>', api
    )


def _framed(title: str, body: str, api: str) -> str:
    scripts = (
        f'<script src="{escape(api)}/static/embed/v1.js"></script><script src="/shop.js"></script>'
    )
    return _PAGE.format(title=title, body=body, scripts=scripts)
