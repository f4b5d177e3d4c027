package vapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// fill adds tools of which each group has one createdAt.
func fill(t *testing.T, played *sandbox.Vapi, groups ...int) (total int) {
	t.Helper()
	for g, n := range groups {
		at := time.Date(2026, 5, 4, 15, 0, 0, g*int(time.Millisecond), time.UTC).Format("2006-01-02T15:04:05.000Z")
		for range n {
			_, err := played.AddTool(json.RawMessage(fmt.Sprintf(`{"id":"t%d","type":"endCall","createdAt":%q}`, total, at)))
			require.NoError(t, err)
			total++
		}
	}
	return total
}

func TestListsAreWholeInWhateverOrderTheyCome(t *testing.T) {
	t.Parallel()
	for name, groups := range map[string][]int{
		"nothing":                     {},
		"one page":                    {999},
		"a full page":                 {500, 500},
		"three pages":                 {460, 460, 460, 460, 460},
		"the oldest page is one time": {999, 1, 1, 1, 998, 300},
		"the newest page is one time": {1, 300, 1, 999, 999},
		"two pages of two times":      {999, 999},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			total := fill(t, b.played, groups...)
			got, err := b.client.ListTools(t.Context())
			require.NoError(t, err)
			ids := map[string]bool{}
			for _, o := range got {
				ids[o.Text("id")] = true
			}
			require.Len(t, got, total, "each once")
			require.Len(t, ids, total)
			require.Less(t, b.played.Requests(), 20)
		})
	}
}

func TestAListThatCannotBePartedIsAnError(t *testing.T) {
	t.Parallel()
	b := setup(t)
	fill(t, b.played, 2300)
	_, err := b.client.ListTools(t.Context())
	require.ErrorContains(t, err, "cannot be read whole")
}

func TestTheOtherLists(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.played.AddAssistant(json.RawMessage(`{"id":"a"}`))
	require.NoError(t, err)
	_, err = b.played.AddSquad(json.RawMessage(`{"id":"s"}`))
	require.NoError(t, err)
	got, err := b.client.ListAssistants(t.Context())
	require.NoError(t, err)
	require.Equal(t, "a", got[0].Text("id"))
	got, err = b.client.ListSquads(t.Context())
	require.NoError(t, err)
	require.Equal(t, "s", got[0].Text("id"))
	changed, err := b.client.PatchSquad(t.Context(), "s", object(t, `{"members":[{"assistantId":"a"}]}`))
	require.NoError(t, err)
	require.JSONEq(t, `[{"assistantId":"a"}]`, string(changed["members"]))
	read, err := b.client.GetSquad(t.Context(), "s")
	require.NoError(t, err)
	require.Equal(t, changed, read)
}

func TestAPageThatIsTooLargeIsAskedForInParts(t *testing.T) {
	t.Parallel()
	played := sandbox.NewVapi(key)
	total := fill(t, played, 200, 200, 200)
	client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err != nil || limit > 250 {
			_, _ = w.Write(make([]byte, 8<<20+1))
			return
		}
		played.ServeHTTP(w, r)
	}), vapi.Options{})
	got, err := client.ListTools(t.Context())
	require.NoError(t, err)
	require.Len(t, got, total)
}

func TestListsWantAListOfObjectsWithIDs(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`{}`, `null`, `[7]`, `[{}]`, `[null]`} {
		client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err != nil || limit != 1000 {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = w.Write([]byte(bad))
		}), vapi.Options{})
		_, err := client.ListTools(t.Context())
		var unavailable *vapi.UnavailableError
		require.ErrorAs(t, err, &unavailable, bad)
		require.Equal(t, 200, unavailable.Status)
	}
}
