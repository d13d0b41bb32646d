"""What several tests share: small inputs, stand-ins, and the commands as a user calls them."""
