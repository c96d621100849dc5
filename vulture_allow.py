"""Names that live through frameworks or are promised to users (CONTRACT), so that dead-code search knows them."""
