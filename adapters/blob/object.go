package blob

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	gocloud "gocloud.dev/blob"
)

const (
	timeForm     = "20060102T150405Z"
	plainEnding  = ".eml"
	packedEnding = ".eml.zst"
)

// object is a message in the bucket. Its key says everything about it, so that listing is
// enough: ab/ab...ef.20261127T122044Z.48213.eml.zst has the SHA-256, when it was put (in UTC),
// its size in bytes as it was put, and whether it is compressed. A key is never written again
// at a later time: see the package's documentation.
type object struct {
	sha256 string
	putAt  time.Time // in whole seconds
	size   int64
	packed bool // compressed by zstd
}

// stem is what the keys of a message begin with, behind the prefix.
func stem(sha256 string) string { return sha256[:2] + "/" + sha256 + "." }

// key is behind the prefix, too.
func (o object) key() string {
	ending := plainEnding
	if o.packed {
		ending = packedEnding
	}
	return stem(o.sha256) + o.putAt.UTC().Format(timeForm) + "." + strconv.FormatInt(o.size, 10) + ending
}

// parseKey reads a key behind the prefix. What is not one of this package is not ok.
func parseKey(key string) (o object, ok bool) {
	rest, packed := strings.CutSuffix(key, packedEnding)
	if !packed {
		if rest, ok = strings.CutSuffix(key, plainEnding); !ok {
			return object{}, false
		}
	}
	folder, rest, _ := strings.Cut(rest, "/")
	parts := strings.Split(rest, ".")
	if len(parts) != 3 || !isSHA256(parts[0]) || folder != parts[0][:2] {
		return object{}, false
	}
	putAt, err := time.Parse(timeForm, parts[1])
	if err != nil {
		return object{}, false
	}
	size, err := strconv.ParseInt(parts[2], 10, 64)
	o = object{sha256: parts[0], putAt: putAt, size: size, packed: packed}
	return o, err == nil && size >= 0 && o.key() == key
}

// isSHA256 reports whether a text is one in lowercase hex.
func isSHA256(text string) bool {
	if len(text) != 64 || strings.ToLower(text) != text {
		return false
	}
	_, err := hex.DecodeString(text)
	return err == nil
}

// versionsLimit is how many objects of one message find looks at. There are two while it is
// put again, and more where calls have died in between.
const versionsLimit = 1000

// find returns the objects of a message, the one that was put last at the end.
func (a *Archive) find(ctx context.Context, sha256 string) ([]object, error) {
	page, _, err := a.bucket.ListPage(ctx, gocloud.FirstPageToken, versionsLimit,
		&gocloud.ListOptions{Prefix: a.prefix + stem(sha256)})
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", sha256, err)
	}
	return a.objects(page), nil
}

// objects returns those of a page that this package has made, in the order of putAt for
// each message.
func (a *Archive) objects(page []*gocloud.ListObject) []object {
	objects := make([]object, 0, len(page))
	for _, listed := range page {
		if o, ok := parseKey(strings.TrimPrefix(listed.Key, a.prefix)); ok {
			objects = append(objects, o)
		}
	}
	slices.SortStableFunc(objects, func(a, b object) int {
		if by := strings.Compare(a.sha256, b.sha256); by != 0 {
			return by
		}
		return a.putAt.Compare(b.putAt)
	})
	return objects
}
