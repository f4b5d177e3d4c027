package transfer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
)

// with is an archive with one part replaced, as somebody does who knows what the manifest must say.
func with(t *testing.T, archive []byte, name string, change func(string) string) []byte {
	t.Helper()
	all := parts(t, archive)
	all[name] = change(all[name])
	var m transfer.Manifest
	require.NoError(t, json.Unmarshal([]byte(all["manifest.json"]), &m))
	for i, p := range m.Parts {
		sum := sha256.Sum256([]byte(all[p.Name]))
		m.Parts[i].SHA256, m.Parts[i].Bytes = hex.EncodeToString(sum[:]), int64(len(all[p.Name]))
		if p.Rows > 0 {
			m.Parts[i].Rows = int64(strings.Count(all[p.Name], "\n"))
		}
	}
	text, err := json.Marshal(m)
	require.NoError(t, err)
	if name != "manifest.json" {
		all["manifest.json"] = string(text)
	}
	return packed(t, all)
}

// without is an archive with one part changed, added or (empty) gone, and the manifest as it was.
func without(t *testing.T, archive []byte, name, text string) []byte {
	t.Helper()
	all := parts(t, archive)
	all[name] = text
	if text == "" {
		delete(all, name)
	}
	return packed(t, all)
}

func swap(old, new string) func(string) string {
	return func(text string) string { return strings.ReplaceAll(text, old, new) }
}

func TestAnArchiveThatIsNotWhatWasExportedIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, archive := b.exported(t, b.store)
	contacts := parts(t, archive)["tables/contacts.jsonl"]
	damaged := append([]byte{}, archive...)
	damaged[200] ^= 1
	for name, tc := range map[string]struct {
		archive []byte
		says    string
	}{
		"no zip":             {[]byte("zanzibar-lilac"), "cannot be opened"},
		"cut off":            {archive[:len(archive)/2], "cannot be opened"},
		"a bit":              {damaged, "damaged"},
		"a row":              {without(t, archive, "tables/contacts.jsonl", strings.Replace(contacts, "Jo Quillby", "Jo Quillbx", 1)), "not what was exported"},
		"a part less":        {without(t, archive, "tables/contacts.jsonl", ""), "does not hold the parts"},
		"a part more":        {without(t, archive, "tables/quills.jsonl", "{}\n"), "does not hold the parts"},
		"no manifest":        {without(t, archive, "manifest.json", ""), "no manifest.json"},
		"another format":     {with(t, archive, "manifest.json", swap(`"format": 1`, `"format": 2`)), "reads format 1"},
		"another schema":     {with(t, archive, "manifest.json", swap(`"schema_version": `, `"schema_version": 1`)), "bring both installations to the same release"},
		"another clinic":     {with(t, archive, "tables/contacts.jsonl", swap(clinicA.String(), "b"+clinicA.String()[1:])), "a row of contacts is not the organisation's"},
		"another column":     {with(t, archive, "tables/contacts.jsonl", swap(`"name"`, `"nick"`)), "other columns"},
		"no JSON":            {with(t, archive, "tables/contacts.jsonl", swap(`{`, ``)), "a row of contacts is no JSON"},
		"a value":            {with(t, archive, "tables/contacts.jsonl", swap(`"source": "call"`, `"source": "quill"`)), "a row of contacts cannot be stored (23514)"},
		"a type":             {with(t, archive, "tables/closures.jsonl", swap(`2030-12-25`, `2030-13-25`)), "a row of closures cannot be stored (22"},
		"a row twice":        {with(t, archive, "tables/contacts.jsonl", func(text string) string { return text + text }), "is taken here (contacts_pkey)"},
		"a key to nobody":    {with(t, archive, "tables/contacts.jsonl", swap(`"origin_call_id": null`, `"origin_call_id": "`+clinicA.String()+`"`)), "rows name others"},
		"a foreign file":     {with(t, archive, "files.jsonl", swap(clinicA.String(), "b"+clinicA.String()[1:])), "no file of this organisation"},
		"a foreign playback": {with(t, archive, "tables/recordings.jsonl", swap("recordings/"+clinicA.String(), "recordings/b"+clinicA.String()[1:])), "a recording lies where"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.imported(t, tc.archive, transfer.ImportOptions{Store: directory(t)})
			var refused *transfer.Refused
			require.ErrorAs(t, err, &refused)
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), "Quill")
			require.Equal(t, []string{"0"}, strs(t, b.target, "select ((select count(*) from public.organizations) + (select count(*) from public.invitations))::text"))
		})
	}
}

// A part that is listed twice has the number of parts right, and another one unread.
func TestAPartThatNoLineOfTheManifestVouchesForIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, archive := b.exported(t, b.store)
	hidden := with(t, archive, "manifest.json", func(text string) string {
		var m transfer.Manifest
		require.NoError(t, json.Unmarshal([]byte(text), &m))
		last := len(m.Parts) - 1
		require.Contains(t, m.Parts[last].Name, "files/")
		m.Parts[last] = m.Parts[0]
		changed, err := json.Marshal(m)
		require.NoError(t, err)
		return string(changed)
	})
	_, err := b.imported(t, hidden, transfer.ImportOptions{Store: directory(t)})
	require.ErrorContains(t, err, "twice")
}

func TestWhatIsTakenHereIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, archive := b.exported(t, nil)
	const other = "c0000000-0000-7000-8000-000000000001"
	for name, tc := range map[string]struct{ plant, says string }{
		"the clinic": {`insert into public.organizations (id, name, slug) values ('a0000000-0000-7000-8000-000000000001', 'Quillby', 'quillby')`, "is here already"},
		"its slug":   {`insert into public.organizations (id, name, slug) values ('` + other + `', 'Quillby', 'clinic-a')`, "the slug clinic-a"},
		"its number": {`insert into public.organizations (id, name, slug) values ('` + other + `', 'Quillby', 'quillby');
			insert into public.locations (org_id, id, name, time_zone) values ('` + other + `', '` + other + `', 'Quillby', 'UTC');
			insert into public.phone_numbers (org_id, number, location_id) values ('` + other + `', '+13125550107', '` + other + `')`, "phone_numbers_number_key"},
	} {
		t.Run(name, func(t *testing.T) {
			b.to.Exec(t, tc.plant)
			_, err := b.imported(t, archive, transfer.ImportOptions{})
			require.ErrorContains(t, err, tc.says)
			require.Equal(t, []string{"0"}, strs(t, b.target, "select count(*)::text from public.contacts"))
			b.to.Exec(t, "delete from public.phone_numbers; delete from public.locations; delete from public.organizations")
		})
	}
}

func TestNobodyIsExportedWhoIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := transfer.Export(t.Context(), b.target, clinicA, nil, &strings.Builder{})
	var refused *transfer.Refused
	require.ErrorAs(t, err, &refused)
}
