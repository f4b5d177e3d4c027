package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// planted are secrets of every shape, in two parts so that this file holds none. They were never anybody's.
func planted() map[string]string {
	return map[string]string{
		"private_key":           "-----BEGIN RSA " + "PRIVATE KEY-----",
		"twilio":                "SID=AC" + "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
		"resend":                "re_" + "Gh7Kq2Lm_9aBcD3eFgH4iJkL5mNoP6qRs",
		"supabase":              "sb_secret_" + "Qm7xT2vN9kLp4RwZ8sYd",
		"google":                "GOCSPX-" + "a8Kd92LmQpZx7Vn4Rt6Wy1Bs3Ce5",
		"azure":                 "k9L8Q~" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY.",
		"aws":                   "AKIA" + "Q3EGR7ZTX2LM9K4B",
		"github":                "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
		"slack":                 "xoxb-" + "284917365028-Kq7Lm2Zx9",
		"secret_key":            "sk-" + "proj-8Hk2Lq9Zx7Vn4Rt6Wy1Bs3",
		"jwt":                   "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiI5ODE3MjM2In0.Qx7Vn4Rt6Wy1Bs3Ce5Gh8Jk",
		"address_with_password": "postgres://voxanne:" + "h7Kq2Lm9Zx4Vn6Rt@db.clinic.example/voxanne",
		"assigned":              "VAPI_PRIVATE_KEY=" + "b7c1e9d4-52fa-4c38-9e60-7ad1f0835b2c",
	}
}

// checkout is a folder that git would publish, with one file and what is allowed in it.
func checkout(t *testing.T, text, allowed string) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "cmd", "published"), 0o755))
	for name, content := range map[string]string{"settings.md": text, "cmd/published/allowed.txt": allowed, ".gitignore": "ignored\n", "ignored": planted()["aws"]} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o644))
	}
	out, err := exec.Command("git", "init", "-q", root).CombinedOutput()
	require.NoError(t, err, string(out))
	return root
}

func TestAPlantedSecretIsFoundWithoutBeingShown(t *testing.T) {
	t.Parallel()
	shapes := planted()
	for _, r := range rules() {
		require.Contains(t, shapes, r.name, "a rule without its proof")
	}
	for name, secret := range shapes {
		looked, findings, err := scanFolder(t.Context(), checkout(t, "one\n"+secret+"\n", ""))
		require.NoError(t, err)
		require.Equal(t, 3, looked, "what git ignores is not looked at")
		require.NotEmpty(t, findings, name)
		require.True(t, strings.HasPrefix(findings[0], "settings.md:2: "), findings[0])
		require.Contains(t, strings.Join(findings, "\n"), "settings.md:2: "+name)
		require.NotContains(t, strings.Join(findings, "\n"), secret)
	}
}

func TestOrdinaryTextHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"VAPI_PRIVATE_KEY=test-secret-b7c1e9d4-52fa-4c38-9e60-7ad1f0835b2c",
		"key := strings.TrimSpace(organizationKeyOfTheCaller)",
		"AC00000000000000000000000000000000",
		"postgres://voxanne_login:PASSWORD@localhost/voxanne_of_2026",
		"https://example.com/a-long-path/with-2026-in-it/and-more",
	} {
		require.Empty(t, scanText(rules(), []byte(text), func(string, []byte) bool { return false }), text)
	}
}

func TestWhatIsAllowedSaysWhyAndIsNeeded(t *testing.T) {
	t.Parallel()
	secret := planted()["aws"]
	_, findings, err := scanFolder(t.Context(), checkout(t, secret, "settings.md aws AKIA # a reason\n"))
	require.NoError(t, err)
	require.Empty(t, findings)
	_, findings, err = scanFolder(t.Context(), checkout(t, secret, "settings.md aws AKIA # a reason\nother.md aws AKIA # a reason\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"cmd/published/allowed.txt: nothing needs this line: other.md aws AKIA"}, findings)
	_, _, err = scanFolder(t.Context(), checkout(t, secret, "settings.md aws AKIA\n"))
	require.ErrorContains(t, err, "reason")
}

func TestAnArchiveWithoutGitIsLookedThroughToo(t *testing.T) {
	t.Parallel()
	root := checkout(t, planted()["slack"], "")
	require.NoError(t, os.RemoveAll(filepath.Join(root, ".git")))
	require.NoError(t, os.WriteFile(filepath.Join(root, ".env"), []byte(planted()["github"]), 0o600))
	_, findings, err := scanFolder(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, findings, 2, "there nothing else is ignored")
}

func TestAProgramIsNotPublished(t *testing.T) {
	t.Parallel()
	_, findings, err := scanFolder(t.Context(), checkout(t, "\x7fELF\x02\x01", ""))
	require.NoError(t, err)
	require.Equal(t, []string{"settings.md: a program: remove it, whoever wants it builds it"}, findings)
}

func TestWhatGitComplainsAboutIsTold(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, ".git"), []byte("gitdir: nowhere\n"), 0o644))
	_, _, err := scanFolder(t.Context(), root)
	require.ErrorContains(t, err, "not a git repository")
}
