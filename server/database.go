package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
)

// NewDatabase lets the server ask d what Database promises.
func NewDatabase(d *db.DB) Database { return database{d} }

// database adapts *db.DB, which knows tenants and transactions, to what the
// dashboard's handlers ask.
type database struct{ db *db.DB }

// Ping asks whether the database answers.
func (d database) Ping(ctx context.Context) error { return d.db.Ping(ctx) }

// AsUser runs fn in one transaction of the claims' user.
func (d database) AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error {
	return d.db.AsUser(ctx, claims, fn)
}

// Membership reads the organization in a transaction of the claims' user, who
// is refused there when the profile is gone (SQLSTATE VX401). pgx.ErrNoRows,
// which becomes not_found, when the organization's row is gone.
func (d database) Membership(ctx context.Context, claims []byte) (Membership, error) {
	var m Membership
	err := d.db.AsUser(ctx, claims, func(tx db.Tx, member db.Member) error {
		org, err := tx.GetOrganization(ctx, member.OrgID)
		if err != nil {
			return err
		}
		m = Membership{OrgID: org.ID, UserID: member.UserID, Role: member.Role, Deleted: org.DeletedAt != nil}
		return nil
	})
	return m, err
}
