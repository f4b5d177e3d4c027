package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// once stands in front of every operation, so the description must say so of every one that changes something.
func TestEveryChangeIsDescribedAsRepeatable(t *testing.T) {
	t.Parallel()
	about, err := described()
	require.NoError(t, err)
	changing := 0
	for path, item := range about.spec.Paths.Map() {
		for method, op := range item.Operations() {
			if method == http.MethodGet {
				continue
			}
			changing++
			require.NotNil(t, op.Parameters.GetByInAndName("header", idempotencyHeader), "%s %s", method, path)
			for _, status := range []string{"409", "422"} {
				require.NotNil(t, op.Responses.Value(status), "%s %s: %s", method, path, status)
			}
		}
	}
	require.NotZero(t, changing)
}
