package sql_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

var update = flag.Bool("update", false, "write db/schema.golden.sql and the races' expected outputs anew")

const golden = "../db/schema.golden.sql"

// The golden dump shows a reviewer what a migration really did.
func TestGoldenSchema(t *testing.T) {
	t.Parallel()
	got := dump(t, dbtest.New(t).OwnerURL)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	require.Equal(t, read(t, golden), got,
		"the migrated schema is not db/schema.golden.sql; if it should change: go test ./sql -run Golden -update")
}
