package server

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// NewDatabase lets the server ask d what Database promises.
func NewDatabase(d *db.DB) Database { return database{d} }

// database adapts *db.DB, which knows tenants and transactions, to what the
// dashboard's handlers ask.
type database struct{ db *db.DB }

// Ping asks whether the database answers.
func (d database) Ping(ctx context.Context) error { return d.db.Ping(ctx) }

// SchemaVersion is the last migration that the database has.
func (d database) SchemaVersion(ctx context.Context) (int64, error) {
	return d.db.Platform().GetSchemaVersion(ctx)
}

// AsUser runs fn in one transaction of the claims' user. What a wish with a key changes there commits together with the
// word that it acted, see noteEffect.
func (d database) AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error {
	committing := false
	err := d.db.AsUser(ctx, claims, func(tx db.Tx, member db.Member) error {
		err := fn(tx, member)
		if err == nil {
			err = noteEffect(ctx, tx)
		}
		committing = err == nil
		return err
	})
	var refused *pgconn.PgError
	if err != nil && committing && !errors.As(err, &refused) && !errors.Is(err, db.ErrRolledBack) {
		noteDoubt(ctx) // the connection broke: it may be committed
	}
	return err
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

// AsTenant runs fn in one transaction of the organization itself.
func (d database) AsTenant(ctx context.Context, org uuid.UUID, fn func(db.Tx) error) error {
	return d.db.AsTenant(ctx, org, fn)
}

// ShareTenant asks whose link has a token. pgx.ErrNoRows when nobody's.
func (d database) ShareTenant(ctx context.Context, tokenHash []byte) (uuid.UUID, error) {
	return d.db.Platform().FindShareTenant(ctx, tokenHash)
}

// FeedTenant asks whose feed has a token. pgx.ErrNoRows when nobody's, or it is closed.
func (d database) FeedTenant(ctx context.Context, tokenHash []byte) (uuid.UUID, error) {
	return d.db.Platform().FindFeedTenant(ctx, tokenHash)
}

// CalendarOfChannel asks which calendar a push channel is about. pgx.ErrNoRows for a former channel or a stranger.
func (d database) CalendarOfChannel(ctx context.Context, channelID string, secretHash []byte) (db.CalendarRef, error) {
	return d.db.Platform().FindChannel(ctx, channelID, secretHash)
}

// TakeOAuth uses a consent's state up. pgx.ErrNoRows when it is nobody's.
func (d database) TakeOAuth(ctx context.Context, stateHash []byte) (db.OAuthTaken, error) {
	return d.db.Platform().TakeOAuth(ctx, stateHash)
}

// SaveCredential stores a sealed account in a transaction of the claims' user.
func (d database) SaveCredential(ctx context.Context, claims []byte, sealed db.SaveCredentialParams) error {
	return d.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error { return tx.SaveCredential(ctx, sealed) })
}

// DescribeCredential reads what members may see of an account.
func (d database) DescribeCredential(ctx context.Context, claims []byte, provider string) (row db.DescribeCredentialRow, err error) {
	err = d.db.AsUser(ctx, claims, func(tx db.Tx, member db.Member) error {
		row, err = tx.DescribeCredential(ctx, member.OrgID, provider)
		return err
	})
	return row, err
}

// RemoveCredential forgets an account in a transaction of the claims' user.
func (d database) RemoveCredential(ctx context.Context, claims []byte, provider string) error {
	return d.AsUser(ctx, claims, func(tx db.Tx, _ db.Member) error {
		_, err := tx.RemoveCredential(ctx, provider)
		return err
	})
}
