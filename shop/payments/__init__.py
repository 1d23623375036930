"""Paying an order through a channel: transfer, autodebet, government card, QRIS, gateway. One interface."""
