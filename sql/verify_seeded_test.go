package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/seed"
)

// What `make run` shows a newcomer must pass the checks the README names.
func TestVerifyFindsNothingInTheDemoClinics(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	out, err := verify(t, d.OwnerURL, "all")
	require.NoError(t, err, out)
	require.Contains(t, out, "(0 rows)")
}
