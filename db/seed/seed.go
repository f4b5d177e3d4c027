// Package seed puts the demo clinics into a database: Lakeside Dental in
// Chicago and Harbor Skin in London, two tenants that must never see each other.
package seed

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Slugs of the demo clinics.
const (
	Lakeside = "lakeside-dental"
	Harbor   = "harbor-skin"
)

//go:embed *.sql
var files embed.FS

// order of the files: later ones use the clinics of earlier ones.
var order = []string{"founding.sql", "lakeside.sql", "harbor.sql", "visits.sql", "messages.sql", "knowledge.sql"}

// Demo makes the demo clinics where they are missing and fills their calendars
// around today. Clinics that are there keep every change made to them. It runs
// in one transaction; the role of adminURL must be one that row level security
// does not bind (the owner of a private cluster, or BYPASSRLS).
func Demo(ctx context.Context, adminURL string) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("seed: reach the database as its owner: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, name := range order {
			text, err := files.ReadFile(name)
			if err != nil {
				return fmt.Errorf("seed: %w", err)
			}
			if _, err := tx.Exec(ctx, string(text)); err != nil {
				return fmt.Errorf("seed %s: %w", name, err)
			}
		}
		return nil
	})
}
