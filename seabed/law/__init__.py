"""What the law says: three-valued logic, rules as data, the engine, and the opinions drawn from it.

Read in the order the data flows: `logic` (conditions), `rules` (provisions as data), `facts` (what the
rules may ask), `engine` (which rules hold), `opinions` (what each legal order therefore says).
"""
