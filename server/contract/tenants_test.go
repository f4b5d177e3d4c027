package contract_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each id in each example is replaced by that of the same thing of the other organization: it is not there, nothing of
// it is shown, and neither organization has changed. The examples with the own ids are the control, see the walk.
func TestOtherOrganizationsThingsAreNotThere(t *testing.T) {
	t.Parallel()
	c := setup(t)
	for _, e := range examples() {
		for _, thing := range e.things() {
			t.Run(e.operation+"/"+thing, func(t *testing.T) {
				defer c.books.putBack(t)
				w := c.send(t, c.token, e.with(c.without(thing)))
				require.NotContains(t, strings.ReplaceAll(w.Body.String(), c.foreign[thing], ""), "b0000000", "nothing of the other's is shown")
				switch {
				case e.operation == "validateOrg": // signing in says that it is another organization's, existing or not
					c.refused(t, w, http.StatusForbidden, "forbidden")
				case e.filters(thing):
					require.Positive(t, rows(t, c.send(t, c.token, e.with(c.ids))), "control: the own one finds something")
					require.Zero(t, rows(t, w), w.Body.String())
					require.Empty(t, c.books.changed(t))
				default:
					c.refused(t, w, http.StatusNotFound, "not_found", e.noted()...)
					require.Zero(t, c.tracesOf(t, c.foreign["org"]), "a try leaves its trace with who made it")
				}
			})
		}
	}
}

// without are the own ids, but one of the other's.
func (c *clinics) without(thing string) map[string]string {
	ids := map[string]string{}
	for name, id := range c.ids {
		ids[name] = id
	}
	ids[thing] = c.foreign[thing]
	return ids
}

// filters says whether an example's id only narrows a list; a service or practitioner whose free times are asked for is
// more than a filter, see the description, and so is the organization that older dashboards name.
func (e example) filters(thing string) bool {
	_, query, _ := strings.Cut(e.ask, "?")
	return strings.Contains(query, "<"+thing+">") && e.operation != "listAvailableSlots" && thing != "org"
}

// rows is how long the list of an answer is.
func rows(t *testing.T, w *httptest.ResponseRecorder) int {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var list struct {
		Pagination *struct{ Total int }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &list))
	require.NotNil(t, list.Pagination, "a filtered list has pages")
	return list.Pagination.Total
}

// tracesOf counts the tries of an organization that came while the clock stands.
func (c *clinics) tracesOf(t *testing.T, org string) (n int) {
	t.Helper()
	require.NoError(t, c.owner.QueryRow(t.Context(), `
		select count(*) from public.booking_attempts b
		where b.org_id = $1 and not exists (select from kept.public_booking_attempts k where k.org_id = b.org_id and k.id = b.id)`, org).Scan(&n))
	return n
}
