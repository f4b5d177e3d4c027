package transfer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

const sound = "RIFF zanzibar-lilac, forty-four bytes long WAV"

var clinicA = uuid.MustParse("a0000000-0000-7000-8000-000000000001")

// bundle is an installation with the clinics a and b, which have a row in every tenant table, and an empty one.
type bundle struct {
	from, to *dbtest.Database
	source   *pgx.Conn
	target   *pgx.Conn
	store    storage.Store // of from
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{from: dbtest.New(t), to: dbtest.New(t)}
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/testdata/tenant.sql"))
	require.NoError(t, err)
	for _, letter := range []string{"a", "b"} {
		b.from.Exec(t, strings.ReplaceAll(string(fixture), "$L", letter))
	}
	b.store = directory(t)
	b.from.Exec(t, `update public.recordings set size_bytes = $1`, len(sound))
	for _, letter := range []string{"a", "b"} {
		key := "recordings/" + letter + clinicA.String()[1:] + "/" + letter
		require.NoError(t, b.store.Put(t.Context(), key, strings.NewReader(sound), int64(len(sound)), "audio/wav"))
	}
	b.source, b.target = connected(t, b.from.OwnerURL), connected(t, b.to.OwnerURL)
	return b
}

func directory(t *testing.T) storage.Store {
	t.Helper()
	store, err := storage.NewDirectory(t.TempDir())
	require.NoError(t, err)
	return store
}

func connected(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// exported is clinic a's archive.
func (b *bundle) exported(t *testing.T, store storage.Store) (transfer.Manifest, []byte) {
	t.Helper()
	var out bytes.Buffer
	m, err := transfer.Export(t.Context(), b.source, clinicA, store, &out)
	require.NoError(t, err)
	return m, out.Bytes()
}

// imported reads an archive into the empty installation.
func (b *bundle) imported(t *testing.T, archive []byte, options transfer.ImportOptions) (transfer.Report, error) {
	t.Helper()
	return imported(t, b.target, archive, options)
}

func imported(t *testing.T, target *pgx.Conn, archive []byte, options transfer.ImportOptions) (transfer.Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clinic.zip")
	require.NoError(t, os.WriteFile(path, archive, 0o600))
	a, err := transfer.Open(path)
	if err != nil {
		return transfer.Report{}, err
	}
	defer a.Close()
	return transfer.Import(t.Context(), target, a, options)
}

// parts are an archive's files by name.
func parts(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	read, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	found := map[string]string{}
	for _, f := range read.File {
		body, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(body)
		require.NoError(t, err)
		found[f.Name] = string(text)
	}
	return found
}

// packed makes an archive of parts.
func packed(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// strs runs a query of one text column.
func strs(t *testing.T, conn *pgx.Conn, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, args...)
	require.NoError(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return found
}
