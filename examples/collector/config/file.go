package config

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
	"github.com/postroom/postroom/inbound/email"
)

// File is the settings file. The tags of its fields, also in the structs below,
// have these keys:
//
//	yaml      the key in the file
//	required  "true": the key must have a value
//	default   the value of a missing key, in YAML
//	example   a value for the reference, in YAML; of a key in a comment, it is the default
//	rare      "true": the reference has the key in a comment, as those without an example
//	instead   the key that must be missing where this one is given
//	doc       the meaning
type File struct {
	Database string `yaml:"database" required:"true" example:"sqlite:./collector.db" doc:"where all is kept: sqlite:FILE, postgres://... or mysql://..."`

	Archive string `yaml:"archive" default:"database" doc:"where raw mail is kept: database, or file:FOLDER"`

	HTTP Listen `yaml:"http" default:"\"\"" doc:"where run serves its health page, such as 127.0.0.1:8080"`

	Limits Limits `yaml:"limits" rare:"true" doc:"bounds of what the collector takes"`

	AllowPrivateNetworks Flag `yaml:"allow_private_networks" default:"false" doc:"permit local hosts and security none"`

	CAFile string `yaml:"ca_file" default:"\"\"" doc:"a private certificate authority, as a PEM file"`

	AllowedPorts []Port `yaml:"allowed_ports" default:"[]" doc:"more ports of public mail servers and token_url"`

	SecretKey inbound.Secret `yaml:"secret_key" default:"\"\"" doc:"32 bytes in base64 to encrypt tokens; else a key file"`

	OwnAddresses []OwnAddress `yaml:"own_addresses" default:"[]" doc:"of the company and its groups; own mail is ignored"`

	OwnDomains []Domain `yaml:"own_domains" default:"[]" doc:"all addresses of these domains and below are the company's"`

	Accounts  []Account  `yaml:"accounts" required:"true" doc:"the mailboxes to collect from"`
	Customers []Customer `yaml:"customers" rare:"true" default:"[]" doc:"customers that the database has from the start"`
	Managers  []Manager  `yaml:"managers" default:"[]" doc:"who can get customers"`
	Fields    []Field    `yaml:"fields" rare:"true" default:"[]" doc:"the custom fields that customers have"`
	Notify    *Notify    `yaml:"notify" rare:"true" doc:"how managers are notified; if missing, by the log"`
}

// Limits bound what the collector takes.
type Limits struct {
	Accounts     Number `yaml:"accounts" default:"10" doc:"how many accounts the file may have"`
	MessageBytes Number `yaml:"message_bytes" default:"52428800" doc:"of a larger message, only the beginning is taken"`
}

// Account is a mailbox. The names of its fields are those of [inbound.Account], so
// that problems that the SDK finds have a key.
type Account struct {
	ID       string           `yaml:"id" required:"true" example:"shop" doc:"a short name that never changes"`
	Name     string           `yaml:"name" default:"\"\"" doc:"the display name; if empty, the id"`
	Active   Flag             `yaml:"active" default:"true" doc:"false: kept, but not collected from"`
	Shop     string           `yaml:"shop" default:"\"\"" example:"main" doc:"the store that the mailbox belongs to"`
	Protocol inbound.Protocol `yaml:"protocol" required:"true" example:"imap" doc:"how the mailbox is read"`
	Host     string           `yaml:"host" required:"true" example:"imap.example.com" doc:"the name of the mail server"`
	Port     Number           `yaml:"port" rare:"true" example:"993" doc:"if missing, that of protocol and security"`
	Security inbound.Security `yaml:"security" default:"tls" doc:"how the connection is encrypted"`
	Username string           `yaml:"username" required:"true" example:"shop@shop.example" doc:"the login name"`

	Password inbound.Secret `yaml:"password" example:"${SHOP_PASSWORD}" doc:"the password; required without oauth2"`

	OAuth2 *OAuth2 `yaml:"oauth2" instead:"password" doc:"login by access tokens instead of password"`

	Folders []string `yaml:"folders" default:"[INBOX]" doc:"the IMAP folders to collect from; not for POP3"`

	Start Start `yaml:"start" default:"all" example:"all" doc:"all, now (what arrives from now on) or a date: 2026-01-31"`

	InitialOrder inbound.Order `yaml:"initial_order" default:"oldest" doc:"the order in which old mail is uploaded"`

	Interval Duration `yaml:"interval" default:"6m" doc:"the pause between two passes, at least 1s"`

	DeleteUploaded Flag `yaml:"delete_uploaded" default:"false" doc:"delete mail from the server after its upload"`

	DeleteAfter Duration `yaml:"delete_after" default:"0" doc:"how long delete_uploaded waits after the upload"`

	MarkSeen Flag `yaml:"mark_seen" default:"false" doc:"mark mail on the server as read after its upload"`

	NotifyManager Flag `yaml:"notify_manager" default:"false" example:"true" doc:"notify the manager of each email"`

	CreateCustomer Flag `yaml:"create_customer" default:"false" example:"true" doc:"create customers for unknown senders"`

	CreateFor []inbound.Class `yaml:"create_for" default:"[personal]" doc:"the mail that create_customer is for"`

	ManagerGroup string `yaml:"manager_group" default:"\"\"" example:"support" doc:"who gets new customers; empty: nobody"`

	InitialNotifications inbound.InitialNotifications `yaml:"initial_notifications" default:"digest" doc:"how to notify of the initial upload"`

	InitialAge Duration `yaml:"initial_age" default:"90d" doc:"no manager for older mail of the initial upload; 0: any"`

	AssignExisting Flag `yaml:"assign_existing" default:"false" doc:"also assign known customers who have no manager"`

	ReplyTo Flag `yaml:"reply_to" default:"false" doc:"the sender is in Reply-To, as in contact forms"`

	AuthservID string `yaml:"authserv_id" default:"\"\"" doc:"the server whose DMARC results are trusted"`

	Fields map[string]string `yaml:"fields" default:"{}" doc:"custom fields of created customers, by name"`
}

// OAuth2 is the access to a mailbox whose owner consented to it.
type OAuth2 struct {
	ClientID     string         `yaml:"client_id" required:"true" example:"collector" doc:"the ID of the program"`
	ClientSecret inbound.Secret `yaml:"client_secret" example:"${CLIENT_SECRET}" doc:"the program's secret, if it has one"`

	RefreshToken inbound.Secret `yaml:"refresh_token" required:"true" example:"${REFRESH_TOKEN}" doc:"gets access tokens"`

	TokenURL string `yaml:"token_url" required:"true" example:"https://login.example.com/token" doc:"gives access tokens"`
}

// Customer is a customer whom the database has from the start.
type Customer struct {
	Email   Address `yaml:"email" required:"true" example:"anna@example.com" doc:"the address the customer writes from"`
	Name    string  `yaml:"name" default:"\"\"" example:"Anna" doc:"the customer's name"`
	Shop    string  `yaml:"shop" default:"\"\"" example:"main" doc:"the store the customer belongs to"`
	Manager string  `yaml:"manager" default:"\"\"" example:"m1" doc:"the id of the customer's manager"`
}

// Manager is a person who gets customers.
type Manager struct {
	ID     string   `yaml:"id" required:"true" example:"m1" doc:"a short name that never changes"`
	Name   string   `yaml:"name" default:"\"\"" example:"Maria" doc:"the manager's name"`
	Email  Address  `yaml:"email" default:"\"\"" example:"maria@shop.example" doc:"the manager's own address"`
	Groups []string `yaml:"groups" default:"[]" example:"[support]" doc:"the names that manager_group refers to"`
	Status Status   `yaml:"status" default:"offline" example:"free" doc:"free managers get new customers first"`
}

// Field is a custom field of customers.
type Field struct {
	Name string             `yaml:"name" required:"true" example:"source" doc:"what the field is called"`
	Type customer.FieldType `yaml:"type" default:"string" doc:"what values the field has"`
}

// Notify says how managers are notified.
type Notify struct {
	Log Flag `yaml:"log" default:"false" example:"true" doc:"write notifications to the log"`
}

// Status is the status of a manager.
type Status string

// words has the types whose values are one of some words.
var words = map[reflect.Type][]string{
	reflect.TypeFor[inbound.Protocol](): {string(inbound.IMAP), string(inbound.POP3)},
	reflect.TypeFor[inbound.Security](): {string(inbound.TLS), string(inbound.StartTLS), string(inbound.Plain)},
	reflect.TypeFor[inbound.Class](): {string(email.ClassPersonal), string(email.ClassAutoReply),
		string(email.ClassBounce), string(email.ClassList), string(email.ClassBulk), string(email.ClassSpam)},
	reflect.TypeFor[customer.FieldType](): {string(customer.FieldString), string(customer.FieldInteger),
		string(customer.FieldNumber), string(customer.FieldBoolean), string(customer.FieldDate)},
	reflect.TypeFor[inbound.InitialNotifications](): {string(inbound.NotifyDigest), string(inbound.NotifyEach),
		string(inbound.NotifyNone)},
	reflect.TypeFor[inbound.Order](): {string(inbound.Oldest), string(inbound.Newest)},
	reflect.TypeFor[Status]():        {"offline", "free", "lunch", "busy", "break"},
}

// key is a key of the settings file, as the tags of its field describe it.
type key struct {
	reflect.Type
	name, example, instead, doc string
	fallback                    *string // the default; nil if there is none
	required, rare              bool
}

// keysOf returns the keys of a struct type, in their order.
func keysOf(t reflect.Type) []key {
	var keys []key
	for f := range t.Fields() {
		k := key{Type: f.Type, name: f.Tag.Get("yaml"), example: f.Tag.Get("example"), instead: f.Tag.Get("instead"),
			doc: f.Tag.Get("doc"), required: f.Tag.Get("required") == "true", rare: f.Tag.Get("rare") == "true"}
		if text, ok := f.Tag.Lookup("default"); ok {
			k.fallback = &text
		}
		keys = append(keys, k)
	}
	return keys
}

// isSection reports whether a value of type t is a mapping with keys of its own.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(unmarshaler)
}

var unmarshaler = reflect.TypeFor[yaml.Unmarshaler]()

// missing says what a required key is for.
func (k key) missing() string {
	if k.example == "" {
		return "is missing: " + k.doc
	}
	return "is missing: " + k.doc + ", such as " + k.example
}
