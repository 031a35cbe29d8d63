package sqlstore

import "slices"

// copiedTable describes a table to Copy. Every table of the schema that has data of a
// namespace is in copiedTables with all its columns.
type copiedTable struct {
	name string
	// key finds a row: with the namespace before it, it is the primary key or a unique one.
	// The rows are copied in its order.
	key []string
	// The columns besides the namespace, by the type of their values. The first of the numbers
	// is seq where the database numbers the rows by itself.
	texts, numbers, blobs []string
	numbered              bool
	// raw is the sign of seq as owner in postroom_raw: 1, -1, or 0 where there are no raw
	// bytes.
	raw int64
	// ended names columns that are copied as '': whoever held a lease does not hold it in the
	// new database.
	ended []string
}

// copiedTables are in the order in which they are copied.
var copiedTables = []copiedTable{
	{
		name: "postroom_emails", key: []string{"seq"}, numbered: true, raw: 1,
		texts: []string{"id", "account", "shop", "folder", "generation", "source_key", "customer", "manager",
			"message_id", "in_reply_to", "refs", "sender", "sender_name", "subject", "class", "sha256", "attachments",
			"warnings", "fingerprint", "extent", "recipients", "copies", "snippet"},
		numbers: []string{"seq", "occurrence", "sent_at", "verified", "size", "uploaded_at", "notify", "raw_size",
			"initial", "archived"},
	},
	{
		name: "postroom_kept", key: []string{"id"}, numbered: true, raw: -1,
		texts: []string{"id", "archived"}, numbers: []string{"seq", "raw_size"},
	},
	{
		name: "postroom_ledger",
		key:  []string{"account", "folder", "generation", "key_size", "source_key", "occurrence"},
		texts: []string{"account", "folder", "generation", "source_key", "outcome", "reason", "sender", "reply_to",
			"subject", "email_id", "extent", "fingerprint"},
		numbers: []string{"key_size", "occurrence", "position", "size", "listed", "before_start", "baseline",
			"unmarked", "keep", "deleted", "attempts", "next_try", "at"},
	},
	{
		name: "postroom_notifications", key: []string{"id"}, numbered: true,
		texts: []string{"id", "kind", "account", "shop", "manager", "customer", "email", "sender", "subject",
			"state", "last_error"},
		numbers: []string{"seq", "at", "attempts", "next_try", "delivery", "initial", "emails", "customers", "held"},
	},
	{
		name: "postroom_customers", key: []string{"id"}, numbered: true,
		texts:   []string{"id", "shop", "email", "name", "manager", "fields"},
		numbers: []string{"seq", "created", "assigned", "created_at"},
	},
	{
		name: "postroom_assignments", key: []string{"customer"},
		texts: []string{"customer", "shop", "address", "account", "team", "email", "stage", "manager",
			"last_error"},
		numbers: []string{"round", "news_since", "since", "attempts", "next_try", "place"},
	},
	{
		name: "postroom_folders", key: []string{"account", "folder"},
		texts: []string{"account", "folder", "mailbox", "generation", "token", "initial_last"},
		numbers: []string{"position", "next_position", "start_position", "start_gap", "started_at", "compared_at",
			"baseline", "start_time", "start_moved_at", "initial_after", "initial_before", "initial_messages",
			"initial_bytes"},
	},
	{
		name: "postroom_health", key: []string{"account"},
		texts: []string{"account", "state", "last_error", "hint", "step", "cause"},
		numbers: []string{"last_success", "failures", "refusals", "most_failed", "initial_done", "initial_total",
			"initial_complete", "since", "last_error_at", "next_attempt", "trouble_since", "alerted_at",
			"initial_since", "initial_bytes", "initial_total_bytes", "initial_took", "history_after",
			"initial_not_before"},
	},
	{
		name: "postroom_accounts", key: []string{"account"},
		texts: []string{"account"}, numbers: []string{"started_at"},
	},
	{
		name: "postroom_saved_accounts", key: []string{"account"},
		texts: []string{"account", "settings"}, numbers: []string{"place", "forgetting"},
	},
	{
		name: "postroom_secrets", key: []string{"account"},
		texts: []string{"account", "came_after"}, blobs: []string{"sealed"},
	},
	{name: "postroom_usage", key: []string{"account"}, texts: []string{"account", "used"}},
	{
		name: "postroom_leases", key: []string{"name"}, ended: []string{"owner"},
		texts: []string{"name", "owner"}, numbers: []string{"token", "taken", "expires"},
	},
	{
		name: "postroom_turns", key: []string{"team", "manager"},
		texts: []string{"team", "manager"}, numbers: []string{"last_turn", "unused"},
	},
	{
		name: "postroom_intents", key: []string{"account", "shop", "address"},
		texts: []string{"account", "shop", "address"},
	},
	{name: "postroom_fields", key: []string{"name"}, texts: []string{"name", "type"}},
	{
		name: "postroom_managers", key: []string{"id"},
		texts: []string{"id", "name", "email", "status"}, numbers: []string{"active"},
	},
	{
		name: "postroom_members", key: []string{"team", "manager"}, numbered: true,
		texts: []string{"team", "manager"}, numbers: []string{"seq"},
	},
}

// columns returns all columns besides the namespace, in the order in which rows have them.
func (t copiedTable) columns() []string { return slices.Concat(t.texts, t.numbers, t.blobs) }

// column returns the place of a column in columns.
func (t copiedTable) column(name string) int { return slices.Index(t.columns(), name) }

// place returns the place of seq in columns, or -1 where rows have no number.
func (t copiedTable) place() int {
	if !t.numbered {
		return -1
	}
	return len(t.texts)
}

// isText tells whether the column at a place of columns has texts.
func (t copiedTable) isText(i int) bool { return i < len(t.texts) }
