"""Two phones on a web page and a local Graph API that behaves like Meta's; the product knows only its URL."""
