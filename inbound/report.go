package inbound

// Report says what one pass of an account did.
type Report struct {
	Account          string
	Listed           int             // messages in all the account's folders
	Outcomes         map[Outcome]int // of the messages that this pass looked at
	Bytes            int64           // uploaded
	CustomersCreated int
	Assigned         map[string]int // customers, by manager
	Deleted          int            // removed from the server
}

func newReport(account string) Report {
	return Report{Account: account, Outcomes: make(map[Outcome]int), Assigned: make(map[string]int)}
}
