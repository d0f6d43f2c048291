/** Throw-away keys of the web, the same in every run. They open nothing. */

/** A private RSA key as a JSON Web Key. */
export const throwAwayWebKey = JSON.stringify({
  kty: "RSA",
  kid: "golden",
  n: "6A0YhLa1ljsGEK0THbrrxsq9bEI-_62M4ttFFgk0N0m0Oi6_XyiRDFbkCnXms-bgF1S-JKWlNuczJRtBF1zDt9DcgswqqyfvOlM1GrbnH9-YLSykcN1Gq8eQw_VZhgYJbALEO_bz2aOXJ1m7vsdzgPA6uHLur3B8TXv3_sMv_g9I-ZyFsxzZTl_yUkgTf6EOMb4xcwxUU9bidzrrFJEY5r9XF-t7QNqT6ez1AKpoudo73CFtyJEFArBm6aqtlq0QoJO1hs2xWlgBIfBoit5Hw-KfCpvaODxUeoM-uFgYqe_AcEGAngFYHCXZc0VAheYqbhQRCQPPJXQJVv4sF442xQ",
  e: "AQAB",
  d: "B1RSj-6Ncb9Pg7tTvT6oL9E7hm3ZO44pwwiV-Ao2YgCr9qJ_XOwVGMSt0z7CGLCUJ2h_0PyCaWeIEAX6WliNvgKU1HTKbDmIrtjt9ngMeM9BKTwdvYrfrpFRGz9monsSVR0JQbOdJCSso4uMCIyYM1xjHmxS6aut4Wym-p8DpwyZJRsAQJB53kLtlSnlKRiPlfov4igCfLX8Q3YHDZ7m5st8AgFdbs-SvfWpFYBkiUsCppdZQTZaqB5259E7t09VFFrBNRejVhuYAmcinkiW52jrdKEw_4GBkK3UZABIAoBwVihTap96G4D1_0QLHRD3TRcwI3JipvvJpl0Wuk0IiQ",
  p: "-JmWMr30y4W39hQcTxtq2FlPy6Y8o3DpmorwuJ0ioouTMsOK-SVm9FDOSTAa2yEfg1MTJ7iaE0qbPDd0Cr-gggwhr0hvipihWQ8yoNOnOb3nSK6VrnuyiIaJ4oTbLV-I1GPdLB3s2dujNFst8SkDBtglxQ2OcSQ54QjSyHmHmS8",
  q: "7vVm3gSmJTCwag1C-jCNMNT_HEv1dHIUfOxA-1pAJQSN_Y9SeqpKnqqhokWeY5ZP4CjW402Z9Z44aP3iGj1Rw8weOrMCVYk0StNHq9Z6brwMTAbbrIQU6xhoiD_Fovg6i0N3rO6IKMwggu7HnmAXxxKH_f2eqUZtxhdqU52Piks",
  dp: "zgcrjX4UZJ-7qDtegsksMYVDNnndA29Oiv_fJIFF9QRLx-R7RqSSwKQ_cjRl7Xl0DnhJBcBeIOLR6IPkrgvGUEERoZ0co_Z-sbqAsPz4OEiEZ54Y-vQVMESf_ZUxuFbWpX7mC-v5IUx_46I1XwooMgHsu3TSuj3VogSX_AGMOY0",
  dq: "KKAkGv7jWFNMytryViLG_lRYAvGPC3sRrKNl8NXJLgH2OfOR7DTjdtI_pJz9bqTxc4S98-sPj8iUgpUXSaq_KfCb-xLQBMbM0yPUfYx7SDRESvCnjE7wV3_Q1ckxyqE1ItQXlpj_ISCDLn92BKEFqdymrjHeNZ05sIHum8Sf0L0",
  qi: "G06Cvu0bWJVXNmAZAobaIJxLp2shU8tD6Uf-Yaw6EUwAdc21ZC7PDOn8CqdAyG44LrPKaYn2bBFBktx40YcianoO5vGVdEkDekvp92_0KMiYaHnhU7HDk5LVu5m7vyo4gukA5XfAZTiJSw3LNNVcozMPIRt8-hOp6IxOzG3wQCA",
});

/** Both halves of a key for push services. */
export const throwAwayVapidKeys = JSON.stringify({
  privateKey: "QXt5XM0lvACRHhAWkdZm6otk2dIlgfppWzFn1ErsVb4",
  publicKey:
    "BDsS_ToHAJFgTd8p2EZCs0w-JQx69rX36xAQfAsh_Nv1ArAxFdB0caB3TkKItUvK5UmbKPq5cIZdjQxBqv6TfUU",
});

/** Key file of an account at Google that does not exist. */
export const throwAwayGoogleKey = JSON.stringify({
  type: "service_account",
  project_id: "golden",
  private_key_id: "golden",
  private_key:
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ1ZOpmWSZky2C9Ao\nu5o3pWuMZO/AQuYzM+rfYdSSRi2hRANCAASDM6tUobUM8oJCwTORmPdYwzOlEDHa\nqbIemzOuSgO2q4I96XfE2bGVW+Ei/Q+LkZuerw4zookgRlnq5koctP1Q\n-----END PRIVATE KEY-----\n",
  client_email: "golden@golden.invalid",
});
