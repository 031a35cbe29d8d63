package sqlstore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// MySQLError has the shape of the driver's type.
type MySQLError struct {
	Number  uint16
	Message string
}

func (e *MySQLError) Error() string { return fmt.Sprintf("Error %d: %s", e.Number, e.Message) }

func TestMariaDBErrors_ByNumber(t *testing.T) {
	d := mariadb{}
	deadlock := error(&MySQLError{Number: 1213, Message: "Deadlock found"})
	for _, err := range []error{
		deadlock, fmt.Errorf("record: %w", deadlock), fmt.Errorf("a: %w, b: %w", errors.New("b"), deadlock),
		errors.Join(io.ErrClosedPipe, fmt.Errorf("c: %w", deadlock)),
	} {
		assert.True(t, d.conflicts(err), err)
		assert.Equal(t, serverConflictHint, d.hint(err))
	}
	assert.True(t, d.conflicts(&MySQLError{Number: 1205}), "a lock that was waited for too long")
	for _, err := range []error{
		&MySQLError{Number: 1062}, errors.New("Error 1213: says a host"), driver.ErrBadConn, io.EOF, nil,
	} {
		assert.False(t, d.conflicts(err), err)
	}
	for want, errs := range map[string][]error{
		lostHint: {driver.ErrBadConn, errors.New("invalid connection"), &MySQLError{Number: 1053},
			&net.OpError{Op: "dial", Err: errors.New("connection refused")}, io.ErrUnexpectedEOF},
		diskFullHint: {&MySQLError{Number: 1114}},
		"":           {&MySQLError{Number: 1062}, &MySQLError{Number: 1406}, errors.New("what else")},
	} {
		for _, err := range errs {
			assert.Equal(t, want, d.hint(fmt.Errorf("record: %w", err)), err)
		}
	}
}

func TestMariaDBVersion_TooOld(t *testing.T) {
	for _, version := range []string{"10.6.0-MariaDB", "10.11.19-MariaDB-0+deb12u1", "11.8.2-MariaDB-log", "8.0.36",
		"9.1.0-commercial"} {
		require.NoError(t, checkVersion(version))
	}
	for version, says := range map[string]string{
		"10.5.29-MariaDB": "is MariaDB 10.5; it has to be 10.6 or later",
		"5.7.44-log":      "is MySQL 5.7; it has to be 8.0 or later",
		"what":            `odd version "what"`,
	} {
		require.ErrorContains(t, checkVersion(version), says)
	}
}

func TestMariaDBAfter_ComparesEachColumn(t *testing.T) {
	condition, args := mariadb{}.after([]string{"a", "b", "c"}, []any{1, "x", 2})
	assert.Equal(t, "(a > ? OR a = ? AND (b > ? OR b = ? AND (c > ?)))", condition)
	assert.Equal(t, []any{1, 1, "x", "x", 2}, args)
}

// An INSERT of several rows does not get larger than a packet of the server.
func TestFitting_BoundsBytes(t *testing.T) {
	row := func(size int) []any { return []any{1, strings.Repeat("x", size/2), make([]byte, size/2)} }
	var rows [][]any
	for range 10 {
		rows = append(rows, row(maxInsertBytes/4))
	}
	assert.Equal(t, 4, fitting(rows))
	assert.Equal(t, 3, fitting(rows[:3]))
	assert.Equal(t, 1, fitting(append([][]any{row(maxInsertBytes + 2)}, rows...)), "a row that is too large is alone")
	assert.Equal(t, 1, fitting(append(rows[:1:1], row(maxInsertBytes))))
}
