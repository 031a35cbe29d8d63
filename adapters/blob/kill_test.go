package blob_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gocloud "gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"

	"github.com/postroom/postroom/adapters/blob"
	"github.com/postroom/postroom/inbound"
)

const killedDir = "POSTROOM_TEST_KILLED_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		fmt.Println("failed", putForever(dir)) // until it is killed
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func openFiles(dir string) (*gocloud.Bucket, error) {
	return fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
}

// numbered returns messages that are compressed, stored as they are, and streamed.
func numbered(i int) []inbound.Blob {
	letter := append(fmt.Appendf(nil, "Message %d\n", i), text(10_000)...)
	long := append(fmt.Appendf(nil, "Long message %d\n", i), text(2<<20)...)
	return []inbound.Blob{of(letter), of(fmt.Appendf(nil, "Short %d", i)), of(long)}
}

func putForever(dir string) error {
	bucket, err := openFiles(dir)
	if err != nil {
		return err
	}
	a, err := blob.New(bucket, nil)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := a.Put(context.Background(), numbered(i)); err != nil {
			return err
		}
		fmt.Println("put", i)
	}
}

// A process is killed while it puts: what Put has returned for is there, and nothing in part.
func TestPut_Killed(t *testing.T) {
	dir := t.TempDir()
	bucket, err := openFiles(dir)
	require.NoError(t, err)
	defer bucket.Close()
	a := archive(t, bucket, nil)
	for _, after := range []int{0, 2, 7, 20} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), killedDir+"="+dir)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		last := -1
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, err := fmt.Sscanf(lines.Text(), "put %d", &last); !assert.NoError(t, err, lines.Text()) || last == after {
				require.NoError(t, child.Process.Kill())
			}
		}
		_ = child.Wait() // it was killed
		require.GreaterOrEqual(t, last, after)
		for i := range last + 1 {
			for _, b := range numbered(i) {
				data, err := read(t.Context(), a, b) // its SHA-256 is right
				require.NoError(t, err)
				require.Len(t, data, int(b.Raw.Size()))
			}
		}
		page, _, err := a.ListBlobs(t.Context(), "", 1000)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(page), 3*(last+1))
		for _, b := range page {
			data, err := read(t.Context(), a, inbound.Blob{SHA256: b.SHA256})
			require.NoError(t, err)
			require.Len(t, data, int(b.Size))
		}
	}
}
