// Package erasure proves, over the real doors and a real database, that of an erased person nothing is found any more: in no
// column of any table, and in no file. It has tests only.
package erasure
