package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// The files here are the truth, the migrations what reaches a database: goose
// alone must give what goose plus every file gives.
func TestMigrationsHoldEveryFileAsItIs(t *testing.T) {
	t.Parallel()
	migrated, reapplied := dbtest.New(t), dbtest.New(t)
	for _, file := range files(t, "[0-9]*.sql") {
		t.Log(file)
		reapplied.Exec(t, read(t, file))
	}
	require.Equal(t, dump(t, migrated.OwnerURL), dump(t, reapplied.OwnerURL),
		"a file differs from its last snapshot: make snapshot NAME=what_changed")
}

// And the other way round: what migrations make in app has a file that says so.
func TestEveryFunctionAndViewInAppHasAFile(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	inFiles := ""
	for _, file := range files(t, "[0-9]*.sql") {
		inFiles += read(t, file)
	}
	for _, name := range strs(t, d.OwnerURL, `
		select p.proname::text from pg_proc p where p.pronamespace = 'app'::regnamespace
		union
		select c.relname::text from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'v'`) {
		require.Regexp(t, `(?i)create or replace (function|procedure|view) app\.`+name+`\b`, inFiles, "app.%s is in the database, but in no file of sql/", name)
	}
}
