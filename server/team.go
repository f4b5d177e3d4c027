package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	invitationBytes = 32 // of randomness in a token
	// noStore keeps an answer from every memory, ours included: see once.
	noStore = "no-store"
	// formerStaff is what older dashboards call the role staff.
	formerStaff = "agent"
)

// ListMembers shows who belongs to the organization, the oldest member first.
func (h handlers) ListMembers(ctx context.Context, _ api.ListMembersRequestObject) (api.ListMembersResponseObject, error) {
	list := api.ListMembers200JSONResponse{}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListMembers(ctx, org.ID)
		for _, row := range rows {
			list = append(list, memberOf(row))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ListRoles describes the roles, the mightiest first.
func (h handlers) ListRoles(context.Context, api.ListRolesRequestObject) (api.ListRolesResponseObject, error) {
	return api.ListRoles200JSONResponse{
		{Role: api.RoleOwner, Description: "Everything, and decides who is an owner."},
		{Role: api.RoleAdmin, Description: "Settings, agents, accounts and the team, except for owners."},
		{Role: api.RoleStaff, Description: "The day's work: contacts, visits, hours and messages."},
		{Role: api.RoleViewer, Description: "Reads, and changes nothing."},
	}, nil
}

// InviteMember invites an address and shows the token once: only its hash is stored. Errors: bad_request, conflict for a
// member, forbidden.
func (h handlers) InviteMember(ctx context.Context, req api.InviteMemberRequestObject) (api.InviteMemberResponseObject, error) {
	secret := make([]byte, invitationBytes)
	_, _ = rand.Read(secret) // never fails, see its documentation
	token := base64.RawURLEncoding.EncodeToString(secret)
	hash := sha256.Sum256([]byte(token))
	var row db.InviteMemberRow
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.InviteMember(ctx, req.Body.Email, roleOf(string(req.Body.Role)), hash[:])
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.InviteMember201JSONResponse{
		Headers: api.InviteMember201ResponseHeaders{CacheControl: unlessEmpty(noStore)},
		Body: api.NewInvitation{
			Id: row.ID, Email: row.Email, Role: api.Role(row.Role), InvitedBy: row.InvitedBy, ExpiresAt: row.ExpiresAt,
			CreatedAt: row.CreatedAt, Token: token,
		},
	}, nil
}

// ListInvitations shows the invitations that nobody has accepted.
func (h handlers) ListInvitations(ctx context.Context, _ api.ListInvitationsRequestObject) (api.ListInvitationsResponseObject, error) {
	list := api.ListInvitations200JSONResponse{Invitations: []api.Invitation{}}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListInvitations(ctx, org.ID)
		for _, row := range rows {
			list.Invitations = append(list.Invitations, api.Invitation{
				Id: row.ID, Email: row.Email, Role: api.Role(row.Role), InvitedBy: row.InvitedBy, ExpiresAt: row.ExpiresAt, CreatedAt: row.CreatedAt,
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

// ChangeMemberRole gives a member another role. Errors: not_found, forbidden, conflict for the last owner.
func (h handlers) ChangeMemberRole(ctx context.Context, req api.ChangeMemberRoleRequestObject) (api.ChangeMemberRoleResponseObject, error) {
	var member api.Member
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := tx.ChangeMemberRole(ctx, req.UserId, roleOf(string(req.Body.Role)))
		member = memberOf(row)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeMemberRole200JSONResponse(member), nil
}

// RemoveMember ends a membership. Errors: not_found, forbidden, conflict for the last owner.
func (h handlers) RemoveMember(ctx context.Context, req api.RemoveMemberRequestObject) (api.RemoveMemberResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error { return tx.RemoveMember(ctx, req.UserId) })
	if err != nil {
		return nil, err
	}
	return api.RemoveMember204Response{}, nil
}

// roleOf reads a role as older dashboards name it.
func roleOf(name string) string {
	if name == formerStaff {
		return string(api.RoleStaff)
	}
	return name
}

func memberOf(row db.Profile) api.Member {
	return api.Member{
		Id: row.ID, UserId: row.UserID, OrgId: row.OrgID, Role: api.Role(row.Role), Name: row.Name, Email: row.Email,
		AcceptedAt: row.CreatedAt, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
		User: api.MemberUser{Id: row.UserID, Email: row.Email, CreatedAt: row.CreatedAt},
	}
}
