using System.Globalization;
using System.Text;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>
/// The newest version that was used here of each owner's policy, so that an older one is told later. A signature alone cannot tell: the older policy is
/// signed just as well. It is kept in <c>CFM_STATE_DIR</c>, or <c>$XDG_STATE_HOME/cfm</c>, or <c>~/.local/state/cfm</c>.
/// </summary>
internal sealed class PolicyMemory
{
    private const int LongestEntry = 64;

    private readonly string? _folder;
    private readonly TextWriter _warnings;

    private PolicyMemory(string? folder, TextWriter warnings)
    {
        _folder = folder;
        _warnings = warnings;
    }

    public static PolicyMemory Of(CommandContext context)
    {
        string? folder = context.Variable("CFM_STATE_DIR")
            ?? (context.Variable("XDG_STATE_HOME") is { Length: > 0 } state ? Path.Combine(state, "cfm") : null)
            ?? (context.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state", "cfm") : null);
        return new PolicyMemory(folder, context.Error);
    }

    /// <summary>
    /// Returns the least version that may be used now, and keeps the policy's own when it is newer. Versions are kept for each owner that signed, and asked
    /// of each owner that is believed: an envelope from which a signature was taken, or another owner's, is no way back.
    /// </summary>
    public long Remember(SignedTrustPolicy policy, IReadOnlyList<OwnerPublicKey> owners)
    {
        if (_folder is null)
        {
            _warnings.WriteLine("warning: policy versions are not remembered: set CFM_STATE_DIR to a folder");
            return policy.Policy.PolicyVersion;
        }

        try
        {
            long known = owners.Select(owner => Read(Entry(policy, owner))).DefaultIfEmpty().Max();
            foreach (FileInfo entry in policy.Signers.Select(signer => Entry(policy, signer)).Where(entry => policy.Policy.PolicyVersion > Read(entry)))
            {
                Directory.CreateDirectory(_folder);
                OutputFile.Replace(entry, Encoding.ASCII.GetBytes(policy.Policy.PolicyVersion.ToString(CultureInfo.InvariantCulture)));
            }

            return Math.Max(known, 1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _warnings.WriteLine($"warning: policy versions are not remembered: {exception.Message}");
            return policy.Policy.PolicyVersion;
        }
    }

    private static long Read(FileInfo entry) => !entry.Exists ? 0
        : long.TryParse(InputFile.Text(entry, LongestEntry), NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version
        : throw new CommandRefusedException(RefusalReason.Malformed, $"'{entry}' must hold the number of a policy's version.");

    /// <summary>A line of versions belongs to a model and an owner: a stranger's policy of the same name has its own.</summary>
    private FileInfo Entry(SignedTrustPolicy policy, OwnerPublicKey owner) => new(Path.Combine(_folder!,
        ByteString.Sha256(Encoding.UTF8.GetBytes($"{policy.Policy.Tenant}\0{policy.Policy.Model}\0{owner.KeyId}")).ToString()));
}
