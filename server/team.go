package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// formerStaff is what older dashboards call the role staff.
const formerStaff = "agent"

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
func (h handlers) ListRoles(ctx context.Context, _ api.ListRolesRequestObject) (api.ListRolesResponseObject, error) {
	if err := h.mayAsk(ctx); err != nil {
		return nil, err
	}
	return api.ListRoles200JSONResponse{
		{Role: api.RoleOwner, Description: "Everything, and decides who is an owner."},
		{Role: api.RoleAdmin, Description: "Settings, agents, accounts and the team, except for owners."},
		{Role: api.RoleStaff, Description: "The day's work: contacts, visits, hours and messages."},
		{Role: api.RoleViewer, Description: "Reads, and changes nothing."},
	}, nil
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
