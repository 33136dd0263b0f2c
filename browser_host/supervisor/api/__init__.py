"""The supervisor's side of the API: requests in, the contract's JSON out."""
