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

	"github.com/postroom/postroom/inbound"
)

func TestPostgres_Rebind(t *testing.T) {
	assert.Equal(t, "SELECT 1", postgres{}.rebind("SELECT 1"))
	assert.Equal(t, "a = $1 AND b IN ($2, $3)", postgres{}.rebind("a = ? AND b IN (?, ?)"))
	many := postgres{}.rebind(placeholders(1200))
	assert.True(t, strings.HasSuffix(many, ", $1199, $1200"), many[len(many)-20:])
}

// However many rows there are, few texts of a statement insert them.
func TestPostgres_RowsPerInsert(t *testing.T) {
	texts := make(map[int]bool)
	for rows := 1; rows < 2000; rows++ {
		for left := rows; left > 0; {
			n := postgres{}.rowsPerInsert(left, 30)
			assert.LessOrEqual(t, n, left)
			texts[n] = true
			left -= n
		}
	}
	assert.Len(t, texts, 8)
	assert.Equal(t, 16, postgres{}.rowsPerInsert(1000, 1999))
}

// serverError is an error with an SQLSTATE, as drivers have it.
type serverError string

func (e serverError) Error() string    { return "ERROR (SQLSTATE " + string(e) + ")" }
func (e serverError) SQLState() string { return string(e) }

// What the database itself is to blame for is temporary and has a hint; what a message or a
// program is to blame for has none.
func TestPostgres_Errors(t *testing.T) {
	s := &Store{dialect: postgres{}}
	lost := "see whether the server runs"
	for err, hint := range map[error]string{
		serverError("40001"): "goes on", serverError("40P01"): "goes on", serverError("57P01"): lost,
		serverError("57P03"): lost, serverError("08006"): lost, serverError("57014"): "statement_timeout",
		serverError("53100"): "make room", serverError("53300"): "max_connections", serverError("28P01"): "password",
		serverError("42501"): "rights", serverError("25006"): "primary", serverError("XX001"): "disk",
		driver.ErrBadConn: lost, io.ErrUnexpectedEOF: lost, errors.New("conn closed"): lost,
		&net.OpError{Op: "dial", Err: errors.New("refused")}: lost,
	} {
		explained := s.wrap("add emails", fmt.Errorf("inner: %w", err))
		assert.ErrorIs(t, explained, inbound.ErrTemporary, err)
		assert.ErrorIs(t, explained, err)
		assert.Contains(t, inbound.HintOf(explained), hint, err)
	}
	for _, err := range []error{
		serverError("23505"), serverError("22021"), serverError("54000"), errors.New("a host's own"),
		&rawError{err: io.ErrUnexpectedEOF},
	} {
		assert.NotErrorIs(t, s.wrap("add emails", err), inbound.ErrTemporary, err)
	}
	assert.True(t, postgres{}.conflicts(fmt.Errorf("inner: %w", serverError("40P01"))))
	assert.False(t, postgres{}.conflicts(serverError("57P01")), "the work may have been done")
}
