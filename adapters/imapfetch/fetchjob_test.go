package imapfetch

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/inbound"
)

// jobOf is a Fetch of messages with the UIDs 1, 2, 3, ... and these sizes, of at
// most three in a command.
func jobOf(sizes ...int64) *fetchJob {
	refs := make([]inbound.Ref, len(sizes))
	for i, size := range sizes {
		refs[i] = inbound.Ref{SourceID: inbound.SourceID{Key: strconv.Itoa(i + 1)}, Size: size}
	}
	return newFetchJob(refs, inbound.FetchOptions{}, nil, 3)
}

func TestFetchJob_Batches(t *testing.T) {
	assert.Equal(t, []batch{{1, 2, 3}, {4}}, jobOf(1, 1, 1, 1).batches(), "by number")
	assert.Equal(t, []batch{{1}, {2}, {3, 4}}, jobOf(1, batchBytes, 1, 1).batches(), "by size")
	job := jobOf(1, 1, 1)
	delete(job.wanted, 2)
	assert.Equal(t, []batch{{1, 3}}, job.batches(), "only what is wanted")
	assert.Empty(t, jobOf().batches())
}

func TestFetchJob_SplitsRefusedBatch(t *testing.T) {
	job := jobOf(1, 1, 1)
	delete(job.wanted, 2)
	assert.Equal(t, []batch{{1}, {3}}, job.split(batch{1, 2, 3}))
	assert.Empty(t, job.split(batch{1}), "it is this one")
}

func TestFetchJob_SkipsBrokenMessage(t *testing.T) {
	job := jobOf(1, 1, 1)
	delete(job.wanted, 1)
	job.last = 0
	job.skipBroken()
	assert.NotContains(t, job.wanted, uint32(2), "the one after the last that came")
	assert.Contains(t, job.wanted, uint32(3))

	job = jobOf(1, 1, 1)
	job.bodiless = 3
	job.skipBroken()
	assert.NotContains(t, job.wanted, uint32(3), "the one that came without its body")
	assert.Len(t, job.wanted, 2)

	job = jobOf(1, 1, 1)
	delete(job.wanted, 1)
	job.last, job.reading = 0, 1
	job.skipBroken()
	assert.Len(t, job.wanted, 2, "the one that was being read is not wanted any more")
	job.skipBroken()
	assert.Len(t, job.wanted, 1, "only once")
}

// A message that is listed with a size is not delivered as an empty one.
func TestFetch_LeavesOutEmptyBodies(t *testing.T) {
	for _, empty := range []string{`UID 1000002 BODY[] ""`, `BODY[] "" UID 1000002`, "UID 1000002 BODY[] {0}\r\n"} {
		server := startStepServer(t, &stepServer{messages: 3, answer: func(text string) string {
			if !strings.Contains(text, "BODY") {
				return ""
			}
			return "* 1 FETCH (UID 1000000 BODY[] {1}\r\na)\r\n* 2 FETCH (" + empty + ")\r\n" +
				"* 3 FETCH (UID 1000004 BODY[] {1}\r\nb)\r\nTAG OK done\r\n"
		}})
		_, bodies := collectAll(t, New(&Options{Network: plainNetwork}), server.account)
		assert.Equal(t, []string{"a", "b"}, bodies, empty)
		assert.Equal(t, 1, server.logins)
	}
}
