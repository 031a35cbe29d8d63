package main

// readSending reads the ways of telling managers that do not exist yet, so that
// nobody waits for messages in vain.
func readSending(notify *section) {
	if webhook := notify.section("webhook"); webhook != nil {
		webhook.text("url")
		webhook.text("secret")
		webhook.end()
		notify.later("webhook")
	}
	if smtp := notify.section("smtp"); smtp != nil {
		for _, key := range []string{"host", "port", "security", "username", "password", "from"} {
			smtp.text(key)
		}
		smtp.end()
		notify.later("smtp")
	}
	notify.end()
}
