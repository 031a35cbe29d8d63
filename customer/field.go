package customer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// FieldType is the type of a custom field. Values of every type are passed as
// text.
type FieldType string

// The types of custom fields. The zero value means FieldString.
const (
	FieldString  FieldType = "string"
	FieldInteger FieldType = "integer" // base 10, fits int64
	FieldNumber  FieldType = "number"  // decimal, as strconv.ParseFloat reads it
	FieldBoolean FieldType = "boolean" // "true" or "false"
	FieldDate    FieldType = "date"    // 2006-01-02
)

// CheckFields checks values against the definitions of a repository. It reports
// all problems together; each of them wraps [ErrField].
func CheckFields(definitions []Field, values map[string]string) error {
	types := make(map[string]FieldType, len(definitions))
	for _, f := range definitions {
		types[f.Name] = f.Type
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		typ, ok := types[name]
		switch {
		case !ok && len(types) == 0:
			problems = append(problems, fmt.Errorf("%w: %q is not defined; no fields are defined", ErrField, name))
			continue
		case !ok:
			problems = append(problems, fmt.Errorf("%w: %q is not defined; the defined fields are %q",
				ErrField, name, slices.Sorted(maps.Keys(types))))
			continue
		}
		if err := typ.check(values[name]); err != nil {
			problems = append(problems, fmt.Errorf("%w: %q is not a value of field %q: %w",
				ErrField, values[name], name, err))
		}
	}
	return errors.Join(problems...)
}

func (t FieldType) check(value string) (err error) {
	switch t {
	case "", FieldString:
	case FieldInteger:
		_, err = strconv.ParseInt(value, 10, 64)
	case FieldNumber:
		_, err = strconv.ParseFloat(value, 64)
	case FieldBoolean:
		if value != "true" && value != "false" {
			err = errors.New(`want "true" or "false"`)
		}
	case FieldDate:
		_, err = time.Parse(time.DateOnly, value)
	default:
		err = fmt.Errorf("unknown type %q", t)
	}
	return err
}
