namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>A loop: its variables live in a scope of their own.</summary>
internal sealed class TemplateLoop(
    IReadOnlyList<string> names, TemplateExpression items, TemplateExpression? filter, TemplateStatement body, TemplateStatement? otherwise)
{
    /// <summary>Runs the loop.</summary>
    public void Run(TemplateState state)
    {
        List<object?> chosen = TemplateValues.Items(items(state));
        if (filter is not null) chosen = [.. chosen.Where(item => IsChosen(state, item))];
        for (int index = 0; index < chosen.Count && state.Jump != "break"; index++)
        {
            state.Jump = null;
            int current = index;
            state.Scoped(() =>
            {
                Bind(state, chosen[current]);
                state.Set("loop", Position(chosen, current));
                body(state);
            });
        }

        state.Jump = null;
        if (chosen.Count == 0) otherwise?.Invoke(state);
    }

    private bool IsChosen(TemplateState state, object? item)
    {
        bool chosen = false;
        state.Scoped(() =>
        {
            Bind(state, item);
            chosen = TemplateValues.IsTrue(filter!(state));
        });
        return chosen;
    }

    private void Bind(TemplateState state, object? item)
    {
        if (names.Count == 1)
        {
            state.Set(names[0], item);
            return;
        }

        List<object?> parts = TemplateValues.Items(item);
        if (parts.Count != names.Count) throw new TemplateException("a loop has more or fewer names than there are values");
        for (int i = 0; i < names.Count; i++) state.Set(names[i], parts[i]);
    }

    private static Dictionary<string, object?> Position(List<object?> items, int index) => new(StringComparer.Ordinal)
    {
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["revindex"] = (long)(items.Count - index),
        ["revindex0"] = items.Count - index - 1L,
        ["first"] = index == 0,
        ["last"] = index == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = index > 0 ? items[index - 1] : TemplateValues.Undefined,
        ["nextitem"] = index + 1 < items.Count ? items[index + 1] : TemplateValues.Undefined,
    };
}
