package config

import (
	"crypto/x509"
	"reflect"
	"slices"
	"strings"
)

// Changes are what differs between the settings that a collector runs with and those that
// the file has now.
type Changes struct {
	// Now is what changes while it runs, in words, without values: they may be secrets.
	Now []string
	// Restart has the keys that differ and take effect when the collector starts again.
	Restart []string
	// Secrets has the IDs of the accounts that were there and have other secrets now.
	Secrets []string
}

// atStart are the keys that are read at the start only.
var atStart = []struct {
	key   string
	field func(*Settings) any // a pointer to it
}{
	{"database", func(s *Settings) any { return &s.Database }},
	{"archive", func(s *Settings) any { return &s.Archive }},
	{"limits", func(s *Settings) any { return &s.Limits }},
	{"http", func(s *Settings) any { return &s.HTTP }},
	{"allow_private_networks", func(s *Settings) any { return &s.AllowPrivate }},
	{"ca_file", func(s *Settings) any { return &s.RootCAs }},
	{"allowed_ports", func(s *Settings) any { return &s.AllowedPorts }},
	{"secret_key", func(s *Settings) any { return &s.SecretKey }},
	{"customers", func(s *Settings) any { return &s.Customers }},
}

// isSame compares what two pointers to a field of Settings point to.
func isSame(a, b any) bool {
	if pool, ok := a.(**x509.CertPool); ok {
		return (*pool).Equal(*b.(**x509.CertPool))
	}
	return reflect.DeepEqual(a, b)
}

// Diff returns the changes from one reading of a settings file to the next.
func Diff(was, now *Settings) Changes {
	var c Changes
	for _, k := range atStart {
		if !isSame(k.field(was), k.field(now)) {
			c.Restart = append(c.Restart, k.key)
		}
	}
	c.add("account", accountsOf(was), accountsOf(now))
	for id, secrets := range now.Secrets {
		if before, known := was.Secrets[id]; known && before != secrets {
			c.Secrets = append(c.Secrets, id)
		}
	}
	slices.Sort(c.Secrets)
	c.add("manager", managersOf(was), managersOf(now))
	c.add("field", fieldsOf(was), fieldsOf(now))
	for _, list := range []struct {
		key      string
		was, now []string
	}{{"own_addresses", was.OwnAddresses, now.OwnAddresses}, {"own_domains", was.OwnDomains, now.OwnDomains}} {
		if !slices.Equal(list.was, list.now) {
			c.Now = append(c.Now, list.key+" changes")
		}
	}
	if was.LogNotices != now.LogNotices {
		c.Now = append(c.Now, "notify changes: log")
	}
	return c
}

// Following returns the settings as they are now, except that what needs a restart is as it was.
func Following(was, now *Settings) *Settings {
	next := *now
	for _, k := range atStart {
		reflect.ValueOf(k.field(&next)).Elem().Set(reflect.ValueOf(k.field(was)).Elem())
	}
	return &next
}

// item is a part of the settings with an ID, and its values by key.
type item struct {
	id     string
	values map[string]any
}

// add adds what was added to a list, changed in it and removed from it.
func (c *Changes) add(kind string, was, now []item) {
	find := func(list []item, id string) int {
		return slices.IndexFunc(list, func(one item) bool { return one.id == id })
	}
	for _, one := range now {
		i := find(was, one.id)
		if i < 0 {
			c.Now = append(c.Now, kind+" "+one.id+" is added")
			continue
		}
		var keys []string
		for key, value := range one.values {
			if !reflect.DeepEqual(value, was[i].values[key]) {
				keys = append(keys, key)
			}
		}
		if len(keys) > 0 {
			slices.Sort(keys)
			c.Now = append(c.Now, kind+" "+one.id+" changes: "+strings.Join(keys, ", "))
		}
	}
	for _, one := range was {
		if find(now, one.id) < 0 {
			c.Now = append(c.Now, kind+" "+one.id+" is removed")
		}
	}
}

func accountsOf(s *Settings) []item {
	items := make([]item, len(s.Accounts))
	for i, a := range s.Accounts {
		values := valuesOf(a, reflect.TypeFor[Account]())
		secrets := s.Secrets[a.ID]
		values["password"] = secrets.Password
		values["oauth2"] = []any{values["oauth2"], secrets.ClientSecret, secrets.RefreshToken}
		items[i] = item{a.ID, values}
	}
	return items
}

func managersOf(s *Settings) []item {
	items := make([]item, len(s.Managers))
	for i, m := range s.Managers {
		values := valuesOf(m, reflect.TypeFor[Manager]())
		values["groups"] = s.Groups[m.ID]
		items[i] = item{m.ID, values}
	}
	return items
}

func fieldsOf(s *Settings) []item {
	items := make([]item, len(s.Fields))
	for i, f := range s.Fields {
		items[i] = item{f.Name, valuesOf(f, reflect.TypeFor[Field]())}
	}
	return items
}

// valuesOf returns the fields of a struct of the SDK by their keys in the settings file,
// which are those of the fields with the same names in keys.
func valuesOf(v any, keys reflect.Type) map[string]any {
	values := make(map[string]any)
	from := reflect.ValueOf(v)
	for f := range from.Type().Fields() {
		name := strings.ToLower(f.Name)
		if key, ok := keys.FieldByName(f.Name); ok {
			name = key.Tag.Get("yaml")
		} else if f.Name == "Inactive" && keys == reflect.TypeFor[Account]() {
			name = "active"
		}
		values[name] = from.FieldByIndex(f.Index).Interface()
	}
	return values
}
