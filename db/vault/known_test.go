package vault_test

// Values that an earlier version made from oldKey, for the nonce 00 01 … 0b.
const (
	knownCiphertext = "075922dbe1a8b90a903f7f2359c275c2bdd376d32bdd6f24234aad53712e2d99c85c87520b254d09e103a0bd7be02fd47ef1b147"
	knownTag        = "be9a8e9a6d9d018ea00b6c881e220c0a"
	knownCode       = "181652"
	knownHash       = "6a41e4e49649814183059951647962692d1c3d62aebefde61d8a961cadf3124f"
	knownToken      = "f87ZRgWAVxTJKizxYiTBcs7DPodTKUrMec9bEOjlj98"
)
