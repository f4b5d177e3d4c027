package server

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const pathMembers = "/api/team/members"

func TestAnInvitationIsShownOnceAndOpensTheClinic(t *testing.T) {
	t.Parallel()
	c := found(t)
	invite := func(key string) map[string]any {
		return answered(t, c.console(t, http.MethodPost, pathMembers, `{"email": "Nurse@Patients.example", "role": "agent"}`, "Idempotency-Key", key), http.StatusCreated)
	}
	first := invite("invite-1")
	require.Equal(t, first, invite("invite-1"), "the same wish, the same answer")
	require.Equal(t, []any{"none", nil}, []any{first["mail"], first["link"]}, "it tells that no e-mail goes out")
	second := invite("invite-2")
	require.Equal(t, []any{"nurse@patients.example", "staff", first["id"]}, []any{second["email"], second["role"], second["id"]})
	require.NotEqual(t, first["token"], second["token"], "renewed: the earlier one opens nothing")
	hash := sha256.Sum256([]byte(second["token"].(string)))
	require.Equal(t, 1, c.number(t, "select count(*) from public.invitations where token_hash = $1", hash[:]))
	require.Equal(t, 2, c.number(t, "select count(*) from public.idempotency_keys where headers ->> 'Voxanne-Kept-As' = 'sealed'"), "kept answers")
	require.Zero(t, c.number(t, "select count(*) from public.idempotency_keys where position(convert_to($1, 'utf8') in response) > 0", second["token"]), "hold no token")

	list := answered(t, c.console(t, http.MethodGet, "/api/team/invitations", ""), http.StatusOK)["invitations"].([]any)
	require.Len(t, list, 1)
	require.NotContains(t, list[0], "token")

	c.data.Exec(t, `insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'nurse@patients.example', jsonb_build_object('invitation_token', $1::text))`, second["token"])
	require.Equal(t, 1, c.number(t, "select count(*) from public.profiles where org_id = $1 and email = 'nurse@patients.example' and role = 'staff'", c.org))
	require.Empty(t, answered(t, c.console(t, http.MethodGet, "/api/team/invitations", ""), http.StatusOK)["invitations"])
	requireRefusal(t, c.console(t, http.MethodPost, pathMembers, `{"email": "nurse@patients.example", "role": "viewer"}`), http.StatusConflict, CodeConflict)

	withdrawn := answered(t, c.console(t, http.MethodPost, pathMembers, `{"email": "temp@patients.example", "role": "viewer"}`), http.StatusCreated)["id"].(string)
	answered(t, c.console(t, http.MethodDelete, "/api/team/invitations/"+withdrawn, ""), http.StatusOK)
	requireRefusal(t, c.console(t, http.MethodDelete, "/api/team/invitations/"+withdrawn, ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodPost, pathMembers, `{"email": "nobody", "role": "viewer"}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodPost, pathMembers, `{"email": "a@b.example", "role": "owner"}`), http.StatusBadRequest, CodeBadRequest)
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	c := found(t)
	me := pathMembers + "/" + c.user.String()
	requireRefusal(t, c.console(t, http.MethodDelete, me, ""), http.StatusConflict, CodeConflict)
	requireRefusal(t, c.console(t, http.MethodPatch, me+"/role", `{"role": "admin"}`), http.StatusConflict, CodeConflict)
	admin, adminID := c.colleague(t, "admin")
	requireRefusal(t, admin(http.MethodDelete, me, ""), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, admin(http.MethodPatch, pathMembers+"/"+adminID.String()+"/role", `{"role": "owner"}`), http.StatusForbidden, CodeForbidden)

	member := answered(t, c.console(t, http.MethodPatch, pathMembers+"/"+adminID.String()+"/role", `{"role": "owner"}`), http.StatusOK)
	require.Equal(t, []any{"owner", adminID.String()}, []any{member["role"], member["user"].(map[string]any)["id"]})
	require.Equal(t, http.StatusNoContent, admin(http.MethodDelete, me, "").Code)
	requireRefusal(t, c.console(t, http.MethodGet, pathMembers, ""), http.StatusUnauthorized, CodeNotAMember)
	require.Equal(t, 2, c.number(t, "select count(*) from public.audit_log where action in ('role_changed', 'member_removed') and actor_user_id is not null"))
}

func TestOwnersWhoRemoveEachOtherLeaveOne(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, otherID := c.colleague(t, "owner")
	var together sync.WaitGroup
	together.Go(func() { other(http.MethodDelete, pathMembers+"/"+c.user.String(), "") })
	request, w := c.request(t, http.MethodDelete, pathMembers+"/"+otherID.String(), ""), httptest.NewRecorder()
	together.Go(func() { c.handler.ServeHTTP(w, request) })
	together.Wait()
	require.Equal(t, 1, c.number(t, "select count(*) from public.profiles where org_id = $1 and role = 'owner'", c.org))
}

func TestMembersAreAnArrayAndForeignOnesNotFound(t *testing.T) {
	t.Parallel()
	c := found(t)
	_, foreign := c.signUp(t, "ben.quillby@patients.example")
	requireRefusal(t, c.console(t, http.MethodDelete, pathMembers+"/"+foreign.String(), ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodPatch, pathMembers+"/"+foreign.String()+"/role", `{"role": "viewer"}`), http.StatusNotFound, CodeNotFound)
	var members, roles []map[string]any
	require.NoError(t, json.Unmarshal(c.console(t, http.MethodGet, pathMembers, "").Body.Bytes(), &members))
	require.Len(t, members, 1)
	require.Equal(t, []any{c.user.String(), "owner", "ada.quillfeather@patients.example"}, []any{members[0]["user_id"], members[0]["role"], members[0]["email"]})
	require.NoError(t, json.Unmarshal(c.console(t, http.MethodGet, "/api/team/roles", "").Body.Bytes(), &roles))
	require.Len(t, roles, 4)
}
