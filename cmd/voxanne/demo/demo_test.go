package demo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryPromiseIsKeptAgainAndAgain(t *testing.T) {
	t.Parallel()
	in := start(t)
	for range 3 {
		require.NoError(t, in.play(t))
		require.NotContains(t, in.printed.String(), "✗")
		require.GreaterOrEqual(t, strings.Count(in.printed.String(), "✓"), 25)
	}
}
