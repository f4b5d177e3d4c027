// Package migrations holds the schema's history as goose files. A DBA needs
// only this folder and goose; the program carries it inside.
package migrations

import "embed"

// FS is every migration, NNNNN_name.sql.
//
//go:embed *.sql
var FS embed.FS
