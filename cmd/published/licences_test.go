package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLicencesAreToldByTheirTexts(t *testing.T) {
	t.Parallel()
	for text, kind := range map[string]string{
		"MIT License\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of":       "MIT",
		"Redistribution and use in source and binary forms, with or without\nmodification, are permitted":       "BSD",
		"   Apache License\n   Version 2.0, January 2004":                                                       "Apache-2.0",
		"Mozilla Public License Version 2.0\n=====\n\"Secondary License\" means the GNU General Public License": "MPL-2.0",
		"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3":                                                          "",
		"Commons Clause\nPermission is hereby granted, free of charge, to any person obtaining a copy":          "",
		"All rights reserved.": "",
	} {
		require.Equal(t, kind, licenceOf(text), text)
	}
}

func TestEveryLicenceFileOfAModuleCounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kinds, err := licencesIn(dir)
	require.NoError(t, err)
	require.Empty(t, kinds)
	for name, text := range map[string]string{"LICENSE.md": "Apache License Version 2.0, January 2004", "COPYING": "GNU GENERAL PUBLIC LICENSE", "licenses.go": "package x"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	kinds, err = licencesIn(dir)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"Apache-2.0", ""}, kinds)
}
