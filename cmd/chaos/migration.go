package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/migrations"
)

// nextVersion are the migrations of a next version, as docs/dba.md asks for them: a table in use at a time, and an index
// beside the calls.
func nextVersion() []string {
	const up, down = "-- +goose Up\nset local lock_timeout = '5s';\n", "\n-- +goose Down\nset local lock_timeout = '5s';\n"
	return []string{
		up + "alter table public.appointments add column of_the_next_version text;" +
			down + "alter table public.appointments drop column of_the_next_version;",
		up + "alter table public.call_logs add column of_the_next_version integer not null default 0;" +
			down + "alter table public.call_logs drop column of_the_next_version;",
		up + "alter table public.scheduled_messages add column of_the_next_version text;" +
			down + "alter table public.scheduled_messages drop column of_the_next_version;",
		"-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently of_the_next_version on public.appointments (org_id, of_the_next_version);" +
			"\n-- +goose Down\ndrop index concurrently public.of_the_next_version;",
	}
}

// migrateUnderLoad takes the database to the next version and back while both processes, of this version, go on.
func migrateUnderLoad(ctx context.Context, st *stage) (int, error) {
	target, err := migrate.Target()
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp(st.folder, "next-")
	if err != nil {
		return 0, fmt.Errorf("make a folder for the next version: %w", err)
	}
	if err := os.CopyFS(folder, migrations.FS); err != nil {
		return 0, fmt.Errorf("copy the migrations: %w", err)
	}
	for i, text := range nextVersion() {
		name := fmt.Sprintf("%05d_next.sql", target+1+int64(i))
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return 0, fmt.Errorf("write the next version: %w", err)
		}
	}
	owner := st.pool.Config().ConnString()
	if err := migrate.UpFrom(ctx, owner, os.DirFS(folder), nil); err != nil {
		return 0, err
	}
	return 1, migrate.DownTo(ctx, owner, os.DirFS(folder), target)
}
