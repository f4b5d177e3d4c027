package server

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/server/api"
)

// noStore keeps an answer from every memory but ours, which seals it: see once.
const noStore = "no-store"

// newToken is a token that no row holds: it is derived from id, and found by its hash.
type newToken struct {
	id    uuid.UUID
	token string
	hash  []byte
}

// makeToken derives a new token for the organization.
func (h handlers) makeToken(org uuid.UUID) (newToken, error) {
	if h.accounts.keys == nil {
		return newToken{}, errors.New("there are no keys to derive a token from")
	}
	id := uuid.New()
	token := h.accounts.keys.Token(org, id)
	hash := sha256.Sum256([]byte(token))
	return newToken{id: id, token: token, hash: hash[:]}, nil
}

// mails tells whether invitations may be mailed, and how those of clinics without an account of their own are; nil: not.
func (h handlers) mails() (mail bool, platform *string) {
	return h.invitations.DashboardURL != "", unlessEmpty(h.invitations.Platform)
}

// InviteMember invites an address, mails it the link, and shows the token to who invites: only its hash is stored.
// Errors: bad_request, conflict for a member or an address that was mailed too often, forbidden.
func (h handlers) InviteMember(ctx context.Context, req api.InviteMemberRequestObject) (api.InviteMemberResponseObject, error) {
	mail, platform := h.mails()
	invited, err := h.invite(ctx, func(tx db.Tx, new newToken) (db.InvitationListed, error) {
		return tx.InviteMember(ctx, db.InviteMemberParams{
			Email: req.Body.Email, Role: roleOf(string(req.Body.Role)), TokenID: new.id, TokenHash: new.hash,
			Mail: mail, PlatformMail: platform, RequestID: optional(RequestID(ctx)),
		})
	})
	if err != nil {
		return nil, err
	}
	return api.InviteMember201JSONResponse{
		Headers: api.InviteMember201ResponseHeaders{CacheControl: unlessEmpty(noStore)}, Body: invited,
	}, nil
}

// RenewInvitation invites the address of an open invitation once more. Errors: not_found, otherwise as InviteMember's.
func (h handlers) RenewInvitation(ctx context.Context, req api.RenewInvitationRequestObject) (api.RenewInvitationResponseObject, error) {
	mail, platform := h.mails()
	invited, err := h.invite(ctx, func(tx db.Tx, new newToken) (db.InvitationListed, error) {
		return tx.RenewInvitation(ctx, db.RenewInvitationParams{
			InvitationID: req.Id, TokenID: new.id, TokenHash: new.hash,
			Mail: mail, PlatformMail: platform, RequestID: optional(RequestID(ctx)),
		})
	})
	if err != nil {
		return nil, err
	}
	return api.RenewInvitation200JSONResponse{
		Headers: api.RenewInvitation200ResponseHeaders{CacheControl: unlessEmpty(noStore)}, Body: invited,
	}, nil
}

// invite writes an invitation with a new token and shows both.
func (h handlers) invite(ctx context.Context, write func(db.Tx, newToken) (db.InvitationListed, error)) (api.NewInvitation, error) {
	var row db.InvitationListed
	var made newToken
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		if made, err = h.makeToken(org.ID); err != nil {
			return err
		}
		row, err = write(tx, made)
		return err
	})
	if err != nil {
		return api.NewInvitation{}, err
	}
	shown := api.NewInvitation{
		Id: row.ID, Email: row.Email, Role: api.Role(row.Role), InvitedBy: row.InvitedBy, ExpiresAt: row.ExpiresAt,
		CreatedAt: row.CreatedAt, Expired: row.Expired, Mail: api.InvitationMailState(row.Mail), MailReason: row.MailReason,
		MailedAt: row.MailedAt, Token: made.token,
	}
	if base := h.invitations.DashboardURL; base != "" {
		link := messenger.InvitationLink(base, made.token)
		shown.Link = &link
	}
	return shown, nil
}

// ListInvitations shows the invitations that nobody has accepted, and what became of their e-mails.
func (h handlers) ListInvitations(ctx context.Context, _ api.ListInvitationsRequestObject) (api.ListInvitationsResponseObject, error) {
	list := api.ListInvitations200JSONResponse{Invitations: []api.Invitation{}}
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.ListInvitations(ctx)
		for _, row := range rows {
			list.Invitations = append(list.Invitations, api.Invitation{
				Id: row.ID, Email: row.Email, Role: api.Role(row.Role), InvitedBy: row.InvitedBy, ExpiresAt: row.ExpiresAt,
				CreatedAt: row.CreatedAt, Expired: row.Expired, Mail: api.InvitationMailState(row.Mail),
				MailReason: row.MailReason, MailedAt: row.MailedAt,
			})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// WithdrawInvitation takes an open invitation back. Errors: not_found, forbidden.
func (h handlers) WithdrawInvitation(ctx context.Context, req api.WithdrawInvitationRequestObject) (api.WithdrawInvitationResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.WithdrawInvitation); err != nil {
		return nil, err
	}
	return api.WithdrawInvitation200JSONResponse{Success: true}, nil
}
