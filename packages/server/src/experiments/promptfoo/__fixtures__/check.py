def get_assert(output, context):
    return {"pass": output == context["vars"]["out"], "score": 1.0, "reason": "the same"}


def never(output, context):
    return False
