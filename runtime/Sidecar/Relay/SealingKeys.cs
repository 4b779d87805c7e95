using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>The names of the keys that requests to this guest may be sealed to.</summary>
internal sealed class SealingKeys(InferenceControl control)
{
    private volatile IReadOnlySet<string> _names = new HashSet<string>();

    /// <summary>Returns whether Inference has the key. It is asked when the key is not known, since its keys rotate.</summary>
    public async ValueTask<bool> HasAsync(string name, CancellationToken cancellationToken)
    {
        if (_names.Contains(name))
        {
            return true;
        }

        ControlAnswer answer = await control.SealingKeysAsync(cancellationToken).ConfigureAwait(false);
        _names = answer.Refusal is null ? Names(answer.Body) : new HashSet<string>();
        return _names.Contains(name);
    }

    /// <summary>Forgets the names: Inference's keyset is another one.</summary>
    public void Forget() => _names = new HashSet<string>();

    public static IReadOnlySet<string> Names(ReadOnlySpan<byte> list) =>
        KeyConfiguration.TryParse(list, out IReadOnlyList<KeyConfiguration>? configurations, out _)
            ? configurations.Select(configuration => configuration.KeyName).ToHashSet(StringComparer.Ordinal) : new HashSet<string>();
}
