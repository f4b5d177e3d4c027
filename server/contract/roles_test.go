package contract_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/apitest"
)

// Every example as every role, with one and the same token: what a role may not do is forbidden and changes nothing, who
// is promoted may do it at once, who is demoted or removed may not any more.
func TestRolesMayDoWhatTheDescriptionSays(t *testing.T) {
	t.Parallel()
	c := setup(t)
	all := operations(apitest.Load(t).Spec)
	for _, e := range examples() {
		t.Run(e.operation, func(t *testing.T) {
			ask := e.with(c.ids)
			for _, role := range []string{owner, viewer, staff, admin, staff} { // promotions, and demotions at both ends
				c.become(t, role)
				if rank(role) < rank(e.least) {
					c.refused(t, c.send(t, c.token, ask), http.StatusForbidden, "forbidden")
					continue
				}
				c.ready(t, e)
				w := c.send(t, c.token, ask)
				require.Equal(t, e.status, w.Code, "as %s: %s", role, w.Body.String())
				c.books.putBack(t)
			}
			if !open(all[e.operation]) {
				c.become(t, "")
				c.refused(t, c.send(t, c.token, ask), http.StatusUnauthorized, "not_a_member")
			}
		})
	}
}

// The description names the role that an operation needs in its first words, and 403 among its answers when not every
// member has it.
func TestTheDescriptionNamesTheRoles(t *testing.T) {
	t.Parallel()
	all := operations(apitest.Load(t).Spec)
	words := map[string]string{viewer: "Every member may ask", staff: "For owners, admins and staff", admin: "For owners and admins"}
	for _, e := range examples() {
		op := all[e.operation]
		if open(op) {
			continue
		}
		require.True(t, strings.HasPrefix(strings.Join(strings.Fields(op.Description), " "), words[e.least]),
			"%s needs the role %s: its description begins %.60q", e.operation, e.least, op.Description)
		if e.operation != "validateOrg" { // forbidden there are other organizations
			require.Equal(t, e.least != viewer, op.Responses.Status(http.StatusForbidden) != nil, "%s: 403", e.operation)
		}
	}
}

// rank orders the roles.
func rank(role string) int {
	for i, known := range []string{viewer, staff, admin, owner} {
		if role == known {
			return i
		}
	}
	return -1
}
