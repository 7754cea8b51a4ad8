"""What is asked of Shopify, as GraphQL.

A query's cost is counted before it runs, by what it could return: one point for every object, so many times as `first` says, at
most 1000 for a query. Lists inside an order are therefore asked for short, and their rest by itself where there is more.
"""

from __future__ import annotations

LINES_AT_ONCE = 100

_MONEY = "{ shopMoney { amount } }"
_LINE = f"id sku title variantTitle quantity currentQuantity originalUnitPriceSet {_MONEY} discountedTotalSet {_MONEY}"
_REFUND_LINE = f"quantity lineItem {{ id }} subtotalSet {_MONEY} totalTaxSet {_MONEY}"
_ORDER = f"""
fragment Sale on Order {{
  id legacyResourceId name createdAt updatedAt cancelledAt closedAt cancelReason displayFinancialStatus displayFulfillmentStatus
  paymentGatewayNames currencyCode totalPriceSet {_MONEY} note sourceName discountCodes email phone
  customer {{ legacyResourceId firstName lastName }}
  shippingAddress {{ name company phone address1 address2 city province countryCodeV2 }}
  lineItems(first: 5) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LINE} }} }}
  fulfillments(first: 3) {{ status displayStatus createdAt inTransitAt deliveredAt trackingInfo(first: 2) {{ company number }} }}
  transactions(first: 2) {{ kind status processedAt }}
}}"""

CHANGED = (
    """
query Changed($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...Sale }
  }
}"""
    + _ORDER
)
SOME = "\nquery Some($ids: [ID!]!) { nodes(ids: $ids) { ...Sale } }" + _ORDER
LINES = f"""
query Lines($id: ID!, $after: String) {{
  order(id: $id) {{
    lineItems(first: {LINES_AT_ONCE}, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LINE} }} }}
  }}
}}"""
REFUNDS = f"""
query Refunds($id: ID!) {{
  order(id: $id) {{
    refunds(first: 10) {{
      id createdAt totalRefundedSet {_MONEY}
      refundLineItems(first: 10) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_REFUND_LINE} }} }}
    }}
  }}
}}"""
REFUND_LINES = f"""
query RefundLines($id: ID!, $after: String) {{
  refund(id: $id) {{
    refundLineItems(first: {LINES_AT_ONCE}, after: $after) {{
      pageInfo {{ hasNextPage endCursor }} nodes {{ {_REFUND_LINE} }}
    }}
  }}
}}"""
NAMED = "\nquery Named($query: String!) { orders(first: 5, query: $query) { nodes { legacyResourceId name } } }"
SHOP = "\nquery Shop { orders(first: 1) { nodes { id } } }"
STANDING = "\nquery Standing($id: ID!) { order(id: $id) { id note cancelledAt displayFulfillmentStatus } }"
WRITE_NOTE = """
mutation WriteNote($input: OrderInput!) { orderUpdate(input: $input) { order { id } userErrors { field message } } }"""
CANCEL = """
mutation Cancel($orderId: ID!, $refundMethod: OrderCancelRefundMethodInput!, $staffNote: String) {
  orderCancel(
    orderId: $orderId, reason: STAFF, restock: true, notifyCustomer: false, refundMethod: $refundMethod, staffNote: $staffNote
  ) { job { id } orderCancelUserErrors { field message code } }
}"""
