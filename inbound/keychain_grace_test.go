package inbound

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWithGrace(t *testing.T) {
	for name, tc := range map[string]struct {
		stop, want time.Duration // when the parent ends, and when the context is to end
	}{
		"the limit":           {time.Hour, 30 * time.Second},
		"a stop":              {10 * time.Second, 13 * time.Second},
		"a stop at the start": {0, 3 * time.Second},
		"a stop at the end":   {29 * time.Second, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancelParent := context.WithTimeout(t.Context(), tc.stop)
				defer cancelParent()
				began := time.Now()
				ctx, cancel := withGrace(parent, 30*time.Second, 3*time.Second)
				defer cancel()
				<-ctx.Done()
				assert.Equal(t, tc.want, time.Since(began))
			})
		})
	}
}
