package customer_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/customer"
)

func TestCheckFields_NamesEveryProblem(t *testing.T) {
	defined := []customer.Field{
		{Name: "source"},
		{Name: "score", Type: customer.FieldInteger},
		{Name: "vip", Type: customer.FieldBoolean},
		{Name: "since", Type: customer.FieldDate},
		{Name: "rate", Type: customer.FieldNumber},
	}
	require.NoError(t, customer.CheckFields(defined, map[string]string{
		"source": "email", "score": "7", "vip": "true", "since": "2026-01-31", "rate": "0.5",
	}))
	err := customer.CheckFields(defined, map[string]string{
		"score": "seven", "color": "red", "vip": "yes", "since": "31.1.2026", "rate": "x",
	})
	require.ErrorIs(t, err, customer.ErrField)
	for _, name := range []string{"score", "color", "vip", "since", "rate"} {
		assert.ErrorContains(t, err, `"`+name+`"`)
	}
}
