package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

const (
	// copiedRows is how many rows Copy reads at a time, and copiedBytes up to how many bytes
	// of values, or of raw bytes that belong to them, it writes in one transaction, unless a
	// single row has more.
	copiedRows  = 1000
	copiedBytes = 16 << 20
)

// copiedRow has the values of the columns of a table: string, int64 or []byte.
type copiedRow []any

// scanCopied scans a row of the table.
func (t copiedTable) scanCopied(row scanner) (copiedRow, error) {
	texts, numbers := make([]string, len(t.texts)), make([]int64, len(t.numbers))
	blobs := make([][]byte, len(t.blobs))
	into := make([]any, 0, len(texts)+len(numbers)+len(blobs))
	for i := range texts {
		into = append(into, &texts[i])
	}
	for i := range numbers {
		into = append(into, &numbers[i])
	}
	for i := range blobs {
		into = append(into, &blobs[i])
	}
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	values := make(copiedRow, 0, len(into))
	for _, text := range texts {
		values = append(values, text)
	}
	for _, number := range numbers {
		values = append(values, number)
	}
	for _, blob := range blobs {
		values = append(values, blob)
	}
	for _, column := range t.ended {
		values[t.column(column)] = ""
	}
	return values, nil
}

// page reads rows of a namespace that follow the one with the given key, in the order of keys;
// nil is before the first one. It reads so many that they can be written in one transaction.
func (t copiedTable) page(ctx context.Context, q querier, namespace string, after copiedRow) ([]copiedRow, error) {
	query := "SELECT " + strings.Join(t.columns(), ", ") + " FROM " + t.name + " WHERE namespace = ?"
	args := []any{namespace}
	key := strings.Join(t.key, ", ")
	if after != nil {
		later, values := q.store.dialect.after(t.key, after)
		query, args = query+" AND "+later, append(args, values...)
	}
	found, err := q.query(ctx, query+" ORDER BY "+key+" LIMIT ?", append(args, copiedRows)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // its error is also that of Err
	var rows []copiedRow
	from := q.row(found)
	for size := int64(0); found.Next(); {
		row, err := t.scanCopied(from)
		if err != nil {
			return nil, err
		}
		if size += t.sizeOf(row); size > copiedBytes && len(rows) > 0 {
			return rows, nil
		}
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// sizeOf returns how many bytes a row has, with its raw bytes.
func (t copiedTable) sizeOf(row copiedRow) (size int64) {
	if t.raw != 0 {
		size = row[t.column("raw_size")].(int64)
	}
	for _, value := range row {
		switch v := value.(type) {
		case string:
			size += int64(len(v))
		case []byte:
			size += int64(len(v))
		default:
			size += 8
		}
	}
	return size
}

// keyOf returns the values of the key of a row.
func (t copiedTable) keyOf(row copiedRow) copiedRow {
	key := make(copiedRow, len(t.key))
	for i, column := range t.key {
		key[i] = row[t.column(column)]
	}
	return key
}

// shifted returns a row with its number changed by n.
func (t copiedTable) shifted(row copiedRow, n int64) copiedRow {
	if !t.numbered || n == 0 {
		return row
	}
	row = slices.Clone(row)
	row[t.place()] = row[t.place()].(int64) + n
	return row
}

// asText returns a key as it is stored: JSON, its texts in base64, since they may be no UTF-8.
func (t copiedTable) asText(key copiedRow) string {
	parts := make([]string, len(key))
	for i, value := range key {
		switch v := value.(type) {
		case string:
			parts[i] = base64.StdEncoding.EncodeToString([]byte(v))
		case int64:
			parts[i] = strconv.FormatInt(v, 10)
		}
	}
	return asJSON(parts)
}

// keyFrom returns the key that asText returned as text; nil for "".
func (t copiedTable) keyFrom(text string) (copiedRow, error) {
	if text == "" {
		return nil, nil
	}
	var parts []string
	if err := json.Unmarshal([]byte(text), &parts); err != nil || len(parts) != len(t.key) {
		return nil, fmt.Errorf("the key %q is none of %s", text, t.name)
	}
	key := make(copiedRow, len(parts))
	for i, part := range parts {
		var err error
		if t.isText(t.column(t.key[i])) {
			var bytes []byte
			bytes, err = base64.StdEncoding.DecodeString(part)
			key[i] = string(bytes)
		} else {
			key[i], err = strconv.ParseInt(part, 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("the key %q is none of %s: %w", text, t.name, err)
		}
	}
	return key, nil
}

// rowsDigest stands for a number of rows in any order: it is the sum of their SHA-256.
type rowsDigest [4]uint64

func (d *rowsDigest) add(row copiedRow) {
	var text []byte
	for _, value := range row {
		switch v := value.(type) {
		case string:
			text = append(binary.BigEndian.AppendUint64(append(text, 't'), uint64(len(v))), v...)
		case []byte:
			text = append(binary.BigEndian.AppendUint64(append(text, 'b'), uint64(len(v))), v...)
		case int64:
			text = binary.BigEndian.AppendUint64(append(text, 'n'), uint64(v))
		}
	}
	sum := sha256.Sum256(text)
	var one rowsDigest
	for i := range one {
		one[i] = binary.BigEndian.Uint64(sum[i*8:])
	}
	d.join(one)
}

// join adds the rows of another digest.
func (d *rowsDigest) join(other rowsDigest) {
	var carry uint64
	for i := len(d) - 1; i >= 0; i-- {
		d[i], carry = bits.Add64(d[i], other[i], carry)
	}
}

// String returns the digest in hex.
func (d rowsDigest) String() string {
	var text []byte
	for _, word := range d {
		text = binary.BigEndian.AppendUint64(text, word)
	}
	return hex.EncodeToString(text)
}

// digestFrom returns the digest that String returned as text.
func digestFrom(text string) (d rowsDigest, err error) {
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != sha256.Size {
		return d, fmt.Errorf("%q is no digest of rows", text)
	}
	for i := range d {
		d[i] = binary.BigEndian.Uint64(sum[i*8:])
	}
	return d, nil
}
